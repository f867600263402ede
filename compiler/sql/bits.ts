// Which leaves and rules hold for each contact, packed into whole numbers: one bit of a word for each.

import { Bug } from "../../grammar/unreachable.ts";
import { type Behaviour, childrenOf, type Condition, termsOf } from "../ir/condition.ts";
import type { Plan } from "../ir/plan.ts";
import { type Builder, builder } from "./builder.ts";
import { duckdb } from "./dialect.ts";
import { printGathered } from "./gathered.ts";
import { clauses, nested } from "./layout.ts";
import { printConditions, type Subjects } from "./print.ts";
import { isTold } from "./reads.ts";
import { type Leaf, leafName, type Rule } from "./rules.ts";
import { holdsForNone } from "./simplify.ts";
import type { Sql } from "./sql.ts";
import { quote } from "./tables.ts";
import { companyColumn, contactColumn, findEvent } from "./terms.ts";
import { printTruth, type Scene } from "./truth.ts";

/** As many as fit into an INTEGER without its sign. */
const bitsPerWord = 30;

/** A name that no field can have. */
export const wordName = (word: number): string => `word ${word}`;
export const wordOf = (slot: number): number => Math.floor(slot / bitsPerWord);
export const bitOf = (slot: number): number => 2 ** (slot % bitsPerWord);

/** SQL that is true where the bit of a slot is set, in the words of the row that `alias` names. */
export const printBit = (alias: string, slot: number): string =>
  `(${alias}.${quote(wordName(wordOf(slot)))} & ${bitOf(slot)}) <> 0`;

export interface Judging {
  readonly plan: Plan;
  /** Those that are judged, what they read before them; of the others the bits of the subjects' words hold. */
  readonly rules: readonly Rule[];
  /** The place of each leaf (by its name) and of each rule among the bits. */
  readonly slots: ReadonlyMap<string, number>;
  /** Leaves that are judged; of the others the bits of the subjects' words hold. */
  readonly judged: readonly Leaf[];
  /**
   * Whom it is about: all contacts; all contacts, whose words of last time are in a table; or the rows of a table with the
   * columns of the contact and its words of last time.
   */
  readonly subjects:
    | { readonly kind: "new" }
    | {
        readonly kind: "all";
        readonly words: string;
        /** How many words that table has, and what the words of a contact are that is not in it. */
        readonly known: number;
        readonly unseen: readonly number[];
      }
    | { readonly kind: "some"; readonly table: string };
  /** More columns of the result; `t` is the row that is judged. */
  readonly columns: readonly string[];
  /** How many words there are. */
  readonly words: number;
}

/** The quoted columns of the contact that are read besides its id; null: any may be. */
export function contactColumnsOf({
  plan,
  rules,
  judged,
}: Pick<Judging, "plan" | "rules" | "judged">): ReadonlySet<string> | null {
  if (judged.some(({ when }) => !isGathered(when, plan))) return null;
  const fields = (condition: Condition): readonly string[] => [
    ...termsOf(condition).flatMap((term) => {
      if (term.kind === "field") return [contactColumn(plan.catalog, term.name)];
      return term.kind === "company field" ? [contactColumn(plan.catalog, "company")] : [];
    }),
    ...childrenOf(condition).flatMap(fields),
  ];
  return new Set(rules.flatMap(({ when }) => fields(when)).filter((name) => name !== quote("contact_id")));
}

/** SELECT of contact_id, `columns`, and all words anew, a row for each subject. */
export function printWords(judging: Judging): Sql {
  const { select, around } = printJudged(judging);
  const words = Array.from({ length: judging.words }, (_, word) => printWord(word, around));
  return around.builder.finish(
    clauses(`SELECT ${["t.contact_id", ...judging.columns, ...words].join(",\n  ")}`, `FROM ${nested(select)} AS t`),
  );
}

/** SELECT of contact_id and a boolean for each of the named leaves and rules, in their order and called b1, b2 …. */
export function printTruths(judging: Judging, names: readonly string[]): Sql {
  const { select, around } = printJudged(judging);
  const columns = names.map((name, index) => `${printRead(name, around)} AS b${index + 1}`);
  return around.builder.finish(
    clauses(`SELECT ${["t.contact_id", ...columns].join(",\n  ")}`, `FROM ${nested(select)} AS t`),
  );
}

/** The subjects with all that is judged. */
function printJudged(judging: Judging): { readonly select: string; readonly around: Around } {
  const parts = builder();
  let select = printSubjects(judging, parts);
  const { judged, rules } = judging;
  const fresh = new Set(judged.map(({ key }) => leafName(key)));
  const gathered = new Set(judged.flatMap(({ key, when }) => (isGathered(when, judging.plan) ? [leafName(key)] : [])));
  const around = { judging, fresh, gathered, builder: parts };
  for (const level of levelsOf(rules)) {
    for (const { key } of level) fresh.add(key);
    select = printLevel(level, select, around);
  }
  return { select, around };
}

/** The subjects with what is judged of the leaves: a column each, or words of bits for those that events tell. */
function printSubjects({ plan, slots, judged, subjects, words }: Judging, parts: Builder): string {
  const table = subjects.kind === "some" ? subjects.table : null;
  const from = quote(table ?? "contact");
  const others = judged.filter(({ when }) => !isGathered(when, plan));
  const conditions = others.map(({ key, when }) => ({ name: columnName(slotOf(slots, leafName(key))), when }));
  const people: Subjects = { kind: "contact", from: { text: from, params: {} } };
  const plain = conditions.length > 0 ? nested(parts.include(printConditions(plan, people, conditions))) : from;
  const gathered = printGatheredWords(judged, { plan, slots, people: table, builder: parts });
  const select = clauses(
    `SELECT ${["s.*", ...gathered.columns].join(", ")}`,
    `FROM ${plain} AS s`,
    gathered.select === null ? null : `LEFT JOIN ${gathered.select} AS l ON l.contact_id = s.contact_id`,
  );
  if (subjects.kind !== "all") return select;
  const before = Array.from({ length: words }, (_, word) => {
    const name = quote(wordName(word));
    return `${word < subjects.known ? `coalesce(m.${name}, ${subjects.unseen[word] ?? 0})` : "0"} AS ${name}`;
  });
  return clauses(
    `SELECT ${["t.*", ...before].join(", ")}`,
    `FROM ${nested(select)} AS t`,
    `LEFT JOIN ${quote(subjects.words)} AS m ON m.contact_id = t.contact_id`,
  );
}

/** A name that no field can have. */
const gatheredName = (word: number): string => `gathered ${word}`;

interface Gathering {
  readonly plan: Plan;
  readonly slots: Judging["slots"];
  readonly people: string | null;
  readonly builder: Builder;
}

/**
 * The bits of all leaves that events tell, from a row for each contact and aggregate put together into one. A bit is set
 * there where the leaf is not as it is for who has no such events.
 */
function printGatheredWords(judged: readonly Leaf[], { plan, slots, people, builder: parts }: Gathering) {
  const groups = gatheringsOf(judged, plan);
  const own = groups.flatMap(({ leaves }) => leaves);
  const numbers = [...new Set(own.map(({ key }) => wordOf(slotOf(slots, leafName(key)))))].sort((a, b) => a - b);
  if (own.length === 0) return { select: null, columns: [] };
  const relations: string[] = [];
  const rows = groups.flatMap(({ event, leaves }) => {
    const behaviours = leaves.map(({ when }) => when);
    const around = { builder: parts, dialect: duckdb, zone: plan.project.zone };
    const { relation, found } = printGathered({ event, behaviours, ...around, people });
    if (relation !== null) relations.push(relation);
    return found.map(({ select, truths }) => {
      const words = numbers.map((word) => {
        const bits = [...truths].flatMap(([place, truth]) => {
          const leaf = leaves[place];
          const slot = leaf ? slotOf(slots, leafName(leaf.key)) : -1;
          if (!leaf || wordOf(slot) !== word) return [];
          const [yes, no] = holdsForNone(leaf.when) ? [0, bitOf(slot)] : [bitOf(slot), 0];
          return [`CASE WHEN ${truth} THEN ${yes} ELSE ${no} END`];
        });
        return `CAST(${bits.join(" | ") || "0"} AS INTEGER) AS g${word}`;
      });
      return `SELECT ${["g.contact_id", ...words].join(", ")}\nFROM ${select} AS g`;
    });
  });
  const sums = numbers.map((word) => `bit_or(g.g${word}) AS g${word}`);
  const all = rows.join("\nUNION ALL\n");
  const named = relations.length > 0 ? `WITH ${relations.join(",\n")}\n` : "";
  const select = nested(
    `${named}SELECT ${["g.contact_id", ...sums].join(", ")}\nFROM ${nested(all)} AS g\nGROUP BY g.contact_id`,
  );
  const columns = numbers.map((word) => {
    const ofNone = own.filter(({ key, when }) => wordOf(slotOf(slots, leafName(key))) === word && holdsForNone(when));
    const none = ofNone.reduce((sum, { key }) => sum + bitOf(slotOf(slots, leafName(key))), 0);
    return `xor(coalesce(l.g${word}, 0), ${none}) AS ${quote(gatheredName(word))}`;
  });
  return { select, columns };
}

/** Whether it is told by a column of an aggregate over its event table, beside all others of that table. */
function isGathered(when: Condition, { catalog }: Plan): when is Behaviour {
  if (when.kind !== "behaviour" || when.scope !== "all" || !isTold(when)) return false;
  return catalog.events.some(({ name }) => name === when.event);
}

interface Told {
  readonly key: string;
  readonly when: Behaviour;
}

function gatheringsOf(judged: readonly Leaf[], plan: Plan) {
  const groups = new Map<string, Told[]>();
  for (const { key, when } of judged) {
    if (!isGathered(when, plan)) continue;
    const group = groups.get(when.event) ?? [];
    groups.set(when.event, group);
    group.push({ key, when });
  }
  return [...groups].map(([name, leaves]) => ({ event: findEvent(plan.catalog, name), leaves }));
}

function slotOf(slots: ReadonlyMap<string, number>, name: string): number {
  const slot = slots.get(name);
  if (slot === undefined) throw new Bug(`${name} has no place`);
  return slot;
}

/** A name that no field can have. */
const columnName = (slot: number): string => `bit ${slot}`;

/** Rules by their level, the lowest first. */
function levelsOf(rules: readonly Rule[]): readonly (readonly Rule[])[] {
  const levels = new Map<number, Rule[]>();
  for (const rule of rules) levels.set(rule.level, [...(levels.get(rule.level) ?? []), rule]);
  return [...levels].sort(([one], [other]) => one - other).map(([, level]) => level);
}

interface Around {
  readonly judging: Judging;
  /** Names of the leaves and rules that have columns of their own. */
  readonly fresh: ReadonlySet<string>;
  /** Names of the leaves among them that have bits in words of their own. */
  readonly gathered: ReadonlySet<string>;
  readonly builder: Builder;
}

function printLevel(level: readonly Rule[], select: string, around: Around): string {
  const { judging, builder: parts } = around;
  const { catalog, project } = judging.plan;
  let readsCompany = false;
  const outside = (): never => {
    throw new Bug("a rule reads more than the contact");
  };
  const scene: Scene = {
    builder: parts,
    dialect: duckdb,
    zone: project.zone,
    leaf: (leaf) => (leaf.kind === "in segment" ? printRead(leaf.segment, around) : outside()),
    isAlone: (_): _ is never => false,
    someAlone: outside,
    places: {
      field: (name) => `t.${contactColumn(catalog, name)}`,
      companyField: (name) => {
        readsCompany = true;
        return `f.${companyColumn(catalog, name)}`;
      },
      startProperty: outside,
      property: outside,
      occurredAt: outside,
      aggregate: outside,
      score: outside,
      stage: outside,
      truth: outside,
    },
  };
  const columns = level.map(
    ({ key, when }) => `${printTruth(when, scene)} AS ${quote(columnName(slotOf(judging.slots, key)))}`,
  );
  return clauses(
    `SELECT ${["t.*", ...columns].join(",\n  ")}`,
    `FROM ${nested(select)} AS t`,
    readsCompany ? `LEFT JOIN "company" AS f ON f.company_id = t.${contactColumn(catalog, "company")}` : null,
  );
}

function printRead(name: string, { judging, fresh, gathered }: Around): string {
  const slot = slotOf(judging.slots, name);
  if (!fresh.has(name)) return printBit("t", slot);
  return gathered.has(name)
    ? `(t.${quote(gatheredName(wordOf(slot)))} & ${bitOf(slot)}) <> 0`
    : `t.${quote(columnName(slot))}`;
}

/** What was judged anew, and of the bits of last time those that were not. */
function printWord(word: number, { judging, fresh, gathered }: Around): string {
  const own = [...judging.slots].filter(([, slot]) => wordOf(slot) === word);
  const bitsOf = (isWanted: (name: string) => boolean) =>
    own.filter(([name]) => isWanted(name)).reduce((sum, [, slot]) => sum + bitOf(slot), 0);
  const told = bitsOf((name) => gathered.has(name));
  const kept = bitsOf((name) => !fresh.has(name));
  const parts = own
    .filter(([name]) => fresh.has(name) && !gathered.has(name))
    .map(([, slot]) => `CASE WHEN t.${quote(columnName(slot))} THEN ${bitOf(slot)} ELSE 0 END`);
  if (told > 0) parts.push(`(t.${quote(gatheredName(word))} & ${told})`);
  if (kept > 0) parts.push(`(t.${quote(wordName(word))} & ${kept})`);
  return `CAST(${parts.join(" | ") || "0"} AS INTEGER) AS ${quote(wordName(word))}`;
}
