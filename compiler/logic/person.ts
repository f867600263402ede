// One person: fields, events, lists, consent and draws, judged together.

import { createHash } from "node:crypto";
import type { Field } from "../ir/catalog.ts";
import type { Term } from "../ir/condition.ts";
import { drawLimit } from "../sql/dialect.ts";
import { cannotHold, type Room, type ValueLiteral, valuesFor } from "./assign.ts";
import { type Ground, isComputed, nameOf, type Variable } from "./ground.ts";
import type { Literal, Of } from "./literal.ts";
import { type Enrollment, type CountLiteral, cannotHappen, eventsFor, grouped, type Question } from "./rows.ts";
import type { Budget, Theory } from "./search.ts";
import { type Assignment, termsOf, variablesOf } from "./values.ts";
import { sketchOf, type State, type Witness } from "./witness.ts";

/** At which instants a witness is looked for, and what its texts are made of. */
export interface Wanted {
  readonly nows: readonly number[];
  readonly fresh: string;
}

/** Somebody, and all that is asked of her. */
export interface Sketch {
  readonly witness: Witness;
  readonly literals: readonly Literal[];
}

export function personTheory(question: Question, wanted: Wanted): Theory<Sketch> {
  const { ground, budget, memory } = question;
  return {
    refutes(literals) {
      const values = ofKind(literals, "value").concat(askedByConsent(literals, ground));
      return (
        statesOf(literals, ground) === null ||
        drawsOf(literals).some(({ low, high }) => low >= high) ||
        memory.clash("values", values, () =>
          companiesOf(values, ground).every((all) => cannotHold(all.values, all.room)),
        ) ||
        countsOf(literals).some((counts) => memory.clash("counts", counts, () => cannotHappen(counts, question)))
      );
    },
    model(literals) {
      if (literals.some(isUnshown)) return null;
      const isInside = ofKind(literals, "count").some(({ filter }) => filter.scope !== "all");
      for (const now of wanted.nows) {
        for (const enrollment of isInside ? enrollmentsAt(now) : [null]) {
          const found = modelAt(literals, ground, { now, budget, fresh: wanted.fresh, enrollment });
          if (found) return { witness: found, literals };
        }
      }
      return null;
    },
  };
}

/** What may be true of somebody, though nobody knows how. */
function isUnshown(literal: Literal): boolean {
  return literal.kind === "opaque" || (literal.kind === "value" && variablesOf(literal.leaf).some(isComputed));
}

/** Only tells whether a formula can be refuted; finds no witness. */
export function refuting(question: Question): Theory<true> {
  const { refutes } = personTheory(question, { nows: [], fresh: "" });
  return { refutes, model: () => true };
}

function ofKind<K extends Literal["kind"]>(literals: readonly Literal[], kind: K): readonly Of<K>[] {
  return literals.filter((literal): literal is Of<K> => literal.kind === kind);
}

function countsOf(literals: readonly Literal[]): readonly (readonly CountLiteral[])[] {
  return grouped(ofKind(literals, "count"), ({ filter }) => filter.event);
}

interface At {
  readonly now: number;
  readonly budget: Budget;
  readonly fresh: string;
  readonly enrollment: Enrollment | null;
}

const hour = 3_600_000;

/** A young one and an old one: what is asked of time is seldom between. */
const enrollmentsAt = (now: number): readonly Enrollment[] => [
  { startedAt: now - 24 * hour, waitFrom: now - hour },
  { startedAt: now - 800 * 24 * hour, waitFrom: now - 400 * 24 * hour },
];

function modelAt(literals: readonly Literal[], ground: Ground, at: At): Witness | null {
  const values = ofKind(literals, "value").concat(askedByConsent(literals, ground));
  const states = statesOf(literals, ground);
  const events = countsOf(literals).map((counts) => {
    return [counts[0]?.filter.event ?? "", eventsFor(counts, ground, at)] as const;
  });
  const rows = events.flatMap(([event, rows]) => (rows ? [{ event, rows }] : []));
  if (states === null || rows.length < events.length) return null;
  for (const { values: all, room, hasCompany } of companiesOf(values, ground)) {
    const fields = valuesFor(all, room, at);
    const key = fields && drawnKey(fields, literals, ground, at.fresh);
    if (!fields || key === null) continue;
    return sketchOf({
      ground,
      now: at.now,
      fields: new Map([...fields, [`field ${ground.contact.key}`, key]]),
      hasCompany,
      rows,
      enrollment: at.enrollment,
      lists: ofKind(literals, "list").flatMap(({ list, holds }) => (holds ? [list] : [])),
      isSuppressed: ofKind(literals, "suppressed").some(({ holds }) => holds),
      states,
    });
  }
  return null;
}

/** What is said of each topic; null where no word fits. Silence is the first choice. */
function statesOf(literals: readonly Literal[], ground: Ground): ReadonlyMap<string, State> | null {
  const groups = grouped(ofKind(literals, "consent"), ({ topic }) => topic);
  const states = groups.map((group): readonly [string, State] | null => {
    const topic = group[0]?.topic ?? "";
    const fits = (state: State) => group.every((literal) => says(literal, state, ground) === literal.holds);
    const state = (["silent", "yes", "no"] as const).find(fits);
    return state ? [topic, state] : null;
  });
  return states.every((state) => state !== null) ? new Map(states) : null;
}

function says({ state: asked, topic }: Of<"consent">, state: State, ground: Ground): boolean {
  if (asked === "refused") return state === "no";
  return ground.consentOf(topic) === "opt in" ? state === "yes" : state !== "no";
}

/** Consent and suppression belong to an address, so there must be one. */
function askedByConsent(literals: readonly Literal[], ground: Ground): readonly ValueLiteral[] {
  const spoken = [...(statesOf(literals, ground)?.values() ?? [])].some((state) => state !== "silent");
  const isSuppressed = ofKind(literals, "suppressed").some(({ holds }) => holds);
  const term = fieldTerm(ground, ground.contact.address);
  if ((!spoken && !isSuppressed) || !term) return [];
  return [knownLiteral(term)];
}

function knownLiteral(term: Term & Variable): ValueLiteral {
  return { kind: "value", leaf: { kind: "known", term }, about: `known ${nameOf(term)}`, holds: true };
}

function fieldTerm({ contact }: Ground, name: string): (Term & Variable) | null {
  return termOf("field", contact.fields, name);
}

function termOf(kind: "field" | "company field", fields: readonly Field[], name: string): (Term & Variable) | null {
  const field = fields.find((candidate) => candidate.name === name);
  return field ? { kind, name, type: field.type } : null;
}

interface Company {
  readonly values: readonly ValueLiteral[];
  readonly room: Room;
  readonly hasCompany: boolean;
}

/** With a company and without: without, all that is asked of it is unknown. */
function companiesOf(values: readonly ValueLiteral[], ground: Ground): readonly Company[] {
  const isAsked = values.some(({ leaf }) => termsOf(leaf).some(({ kind }) => kind === "company field"));
  const roomOf = (hasCompany: boolean): Room => ({
    ground,
    isNullable: (variable) => {
      if (variable.kind === "start property") return true;
      if (variable.kind === "occurred at") return false;
      if (variable.type.isList) return true;
      if (variable.kind === "company field") {
        return !hasCompany || (variable.type.isNullable && variable.name !== ground.company?.key);
      }
      return variable.type.isNullable && (variable.kind === "property" || variable.name !== ground.contact.key);
    },
  });
  const without: Company = { values, room: roomOf(false), hasCompany: false };
  if (!isAsked) return [without];
  const names = new Set(
    values.flatMap(({ leaf }) => termsOf(leaf).flatMap((term) => (term.kind === "company field" ? [term] : []))),
  );
  const unknown = [...names].map((term): ValueLiteral => ({ ...knownLiteral(term), holds: false }));
  return [{ ...without, values: [...values, ...unknown] }, ...withCompany(values, ground, roomOf(true))];
}

function withCompany(values: readonly ValueLiteral[], ground: Ground, room: Room): readonly Company[] {
  const left = fieldTerm(ground, "company");
  const right = ground.company && termOf("company field", ground.company.fields, ground.company.key);
  if (!left || !right) return [];
  const leaf = { kind: "compare", op: "=", left, right, by: "exact" } as const;
  const link: ValueLiteral = { kind: "value", leaf, about: "company", holds: true };
  return [{ values: [...values, link], room, hasCompany: true }];
}

interface Draw {
  readonly salt: string;
  /** Drawn from `low` on, below `high`, of a hundred. */
  readonly low: number;
  readonly high: number;
}

function drawsOf(literals: readonly Literal[]): readonly Draw[] {
  return grouped(ofKind(literals, "sample"), ({ salt }) => salt).map((group) => ({
    salt: group[0]?.salt ?? "",
    low: Math.max(0, ...group.flatMap(({ share, holds }) => (holds ? [] : [share]))),
    high: Math.min(100, ...group.flatMap(({ share, holds }) => (holds ? [share] : []))),
  }));
}

const mostDraws = 20_000;

/** A key of the contact that is drawn as asked; null where there is none. */
function drawnKey(fields: Assignment, literals: readonly Literal[], ground: Ground, fresh: string): string | null {
  const draws = drawsOf(literals);
  const isDrawn = (key: string) =>
    draws.every(({ salt, low, high }) => {
      const digits = createHash("md5").update(`${ground.seed}:${salt}:${key}`).digest("hex");
      return digits < drawLimit(high) && digits >= drawLimit(low);
    });
  const given = fields.get(`field ${ground.contact.key}`);
  const plain = `p${fresh}`;
  if (given !== undefined) return isDrawn(String(given)) ? String(given) : null;
  for (let index = 0; index < mostDraws; index++) {
    const key = index === 0 ? plain : `${plain}-${index}`;
    if (isDrawn(key)) return key;
  }
  return null;
}
