// Random people of a pair: every field and property takes the values that the pair speaks of, or one beside them.

import type { Field } from "../../compiler/ir/catalog.ts";
import { type Condition, childrenOf, type Moment, type Term, termsOf } from "../../compiler/ir/condition.ts";
import { conditionsOfFunnel, conditionsOfScore } from "../../compiler/ir/people.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { type Gathered, gatheredIn } from "../../compiler/sql/aggregates.ts";
import { calendarOf, type ZoneCalendar } from "../../compiler/calendar.ts";
import type { Dice } from "../sql/dice.ts";
import { listOf } from "../sql/text-reference.ts";
import type { EventRow, Value, Values, World } from "../sql/world.ts";

type Known = Exclude<Value, null>;

/** What a pair speaks of. */
interface Edges {
  /** By the kind and name of a field or property. */
  readonly constants: ReadonlyMap<string, readonly Known[]>;
  readonly moments: readonly Moment[];
  readonly events: ReadonlySet<string>;
}

export function leavesOf(plan: Plan, condition: Condition): readonly Condition[] {
  if (condition.kind === "in segment") {
    const segment = plan.segments.find(({ id }) => id === condition.segment);
    return segment ? leavesOf(plan, segment.where) : [];
  }
  const read = termsOf(condition).flatMap((term) => declaredIn(plan, term));
  return [condition, ...[...childrenOf(condition), ...read].flatMap((child) => leavesOf(plan, child))];
}

/** Conditions of the scores and funnels that it reads. */
function declaredIn(plan: Plan, term: Term): readonly Condition[] {
  if (term.kind === "score") {
    return plan.scores.filter(({ name }) => name === term.name).flatMap(conditionsOfScore);
  }
  if (term.kind !== "stage") return [];
  return plan.funnels.filter(({ name }) => name === term.name).flatMap(conditionsOfFunnel);
}

function edgesOf(leaves: readonly Condition[]): Edges {
  const constants = new Map<string, Known[]>();
  const moments: Moment[] = [{ kind: "now" }];
  const note = (left: Term, right: Term) => {
    if (right.kind === "moment") moments.push(right.moment);
    if (right.kind !== "literal" || !named(left)) return;
    const { kind, value } = right.literal;
    if (kind === "day") moments.push({ kind: "day", date: String(value), edge: "start" });
    if (kind === "instant") moments.push({ kind: "instant", utc: String(value) });
    const key = named(left);
    constants.set(key, [...(constants.get(key) ?? []), value]);
  };
  for (const leaf of leaves) {
    if (leaf.kind === "compare") note(leaf.left, leaf.right);
    if (leaf.kind === "one of") for (const value of leaf.values) note(leaf.term, value);
    if (leaf.kind === "starts with" || leaf.kind === "ends with") {
      note(leaf.term, { kind: "literal", literal: { kind: "text", value: leaf.text } });
    }
    if (leaf.kind === "contains") note(leaf.term, leaf.value);
    if (leaf.kind === "matches glob") {
      for (const some of ["", "n", "na"]) {
        const value = leaf.pattern.replaceAll("*", some).replaceAll("?", "n");
        note(leaf.term, { kind: "literal", literal: { kind: "text", value } });
      }
    }
    for (const gathered of gatheredIn(leaf)) moments.push(...windowOf(gathered));
  }
  const events = new Set(leaves.flatMap(gatheredIn).map(({ event }) => event));
  return { constants, moments, events };
}

/** What is asked of an aggregate is asked of the property that it is made of. */
function named(term: Term): string {
  if (term.kind === "aggregate") return `property ${term.property}`;
  return "name" in term ? `${term.kind} ${term.name}` : "";
}

const windowOf = ({ from, until }: Gathered): readonly Moment[] => [
  ...(from ? [from] : []),
  ...(until ? [until.moment] : []),
];

const day = 86_400_000;
const nows = ["2026-03-30T08:00Z", "2026-03-02T11:00Z", "2026-01-01T00:30Z", "2024-02-29T12:00Z", "2026-10-25T01:30Z"];

export function drawPeople(dice: Dice, plan: Plan, conditions: readonly Condition[]): World {
  const { catalog, project } = plan;
  const calendar = calendarOf(project.zone, project.firstWeekday);
  const edges = edgesOf(conditions.flatMap((condition) => leavesOf(plan, condition)));
  const now = drawNow(dice, edges, calendar);
  const instant = () =>
    calendar.resolveInstant(dice.pick(edges.moments), now) + dice.pick([0, -1, 1, -day, day, 9 * day, -9 * day]);
  const fill = (kind: string, fields: readonly Field[]): Values =>
    Object.fromEntries(
      fields.map((field) => [
        field.name,
        drawValue(dice, field, edges.constants.get(`${kind} ${field.name}`) ?? [], { instant, calendar }),
      ]),
    );
  const domains = ["x.example", "y.example"];
  const contacts = dice.times(40, (index) => {
    const row = fill("field", catalog.contact.fields);
    const key = catalog.contact.key;
    return {
      ...row,
      [key]: dice.chance(90) ? `c${index}` : `${row[key]}${index}`,
      company: dice.pick([...domains, "none", null]),
    };
  });
  const keys = contacts.map((row) => String(row[catalog.contact.key]));
  const addresses = contacts.map((row) => String(row[catalog.contact.address]).trim().toLowerCase());
  return {
    catalog,
    calendar,
    now,
    contacts,
    companies: domains.map((domain) => ({ ...fill("company field", catalog.company?.fields ?? []), domain })),
    events: new Map(
      catalog.events.map(({ name, fields, isMail }) => [
        name,
        dice.times(edges.events.has(name) ? 90 : 0, (index): EventRow => {
          const values = fill("property", fields);
          const mail = isMail
            ? { message: dice.maybe(`m${dice.below(4)}`), email: dice.pick(["welcome", "Welcome", null, "x"]) }
            : {};
          return {
            contactId: dice.pick(keys.slice(0, 30)),
            at: instant(),
            eventId: `${name} ${index}`,
            values: { ...values, ...mail },
          };
        }),
      ]),
    ),
    members: catalog.lists.flatMap(({ name }) =>
      keys.filter(() => dice.chance(50)).map((contactId) => ({ list: name, contactId, at: now })),
    ),
    suppressed: [...new Set(addresses)].filter(() => dice.chance(40)).map((address) => ({ address, at: now })),
    consents: dice.times(40, () => ({
      address: dice.pick(addresses),
      topic: dice.pick([...catalog.topics.map(({ name }) => name), "*"]),
      isYes: dice.chance(50),
      at: now - dice.below(4) * day,
    })),
    stages: [],
    enrollments: [],
    stays: [],
    records: [],
    changes: [],
    outbox: [],
  };
}

/** Also at the turn of dates that are written, where the order of places in time changes. */
function drawNow(dice: Dice, { moments }: Edges, calendar: ZoneCalendar): number {
  const fixed = moments.filter(({ kind }) => kind === "day" || kind === "instant");
  if (fixed.length === 0 || dice.chance(50)) return Date.parse(dice.pick(nows));
  return (
    calendar.resolveInstant(dice.pick(fixed), 0) +
    dice.pick([0, 1, 12, 31, 60, 95, 400]) * day +
    dice.pick([0, 1, -1, day / 2])
  );
}

interface Times {
  readonly instant: () => number;
  readonly calendar: ZoneCalendar;
}

function drawValue(dice: Dice, { type }: Field, constants: readonly Known[], { instant, calendar }: Times): Value {
  if (type.isList) return dice.maybe(listOf(["a", ...constants.map(String)].filter(() => dice.chance(50))));
  if (type.isNullable && dice.chance(25)) return null;
  const near = constants.length > 0 ? dice.pick(constants) : null;
  const { scalar } = type;
  switch (scalar.kind) {
    case "number":
    case "percent":
      return Number(near ?? 0) + dice.pick([0, 1, -1, 0.5, 100]);
    case "duration":
      return Number(near ?? 0) + dice.pick([0, 60, 86_400]);
    case "money":
      return (Number(near ?? 0) + dice.pick([0, 0.0001, 1, 100])).toFixed(4);
    case "boolean":
      return dice.chance(50);
    case "enum":
      return dice.pick(scalar.values);
    case "date":
      return calendar.dayOf(instant());
    case "datetime":
      return instant();
    case "country":
      return dice.pick([String(near ?? "DE"), "DE", "FR"]);
    default:
      return drawText(dice, String(near ?? "ana"));
  }
}

function drawText(dice: Dice, text: string): string {
  return dice.pick([
    text,
    text.toUpperCase(),
    ` ${text} `,
    `${text}na`,
    `x${text}`,
    text.slice(0, -1) || "y",
    `A${text}a`,
  ]);
}
