// Random catalogs and rows: awkward names, unknowns, mixed letter case, ties in time, events in the future.

import { calendarOf, type ZoneCalendar } from "../../compiler/calendar.ts";
import type { Catalog, EventTable, Field } from "../../compiler/ir/catalog.ts";
import type { Length } from "../../compiler/ir/condition.ts";
import type { Scalar, Type } from "../../compiler/types.ts";
import type { Dice } from "./dice.ts";
import { listOf } from "./text-reference.ts";

export type Value = string | number | boolean | null;
export type Values = Readonly<Record<string, Value>>;

export interface EventRow {
  readonly contactId: string;
  readonly at: number;
  readonly eventId: string;
  readonly values: Values;
}
export interface Enrollment {
  readonly contactId: string;
  readonly enrollmentId: string;
  readonly startedAt: number;
  readonly startEvent: string | null;
  readonly startEventId: string | null;
  readonly waitFrom: number;
  readonly waitUntil: number | null;
}
export interface Sent {
  readonly sendId: string;
  readonly enrollmentId: string;
  readonly contactId: string;
  readonly email: string;
  readonly plannedAt: number;
}
export interface Stay {
  readonly program: string;
  readonly contactId: string;
  readonly at: number;
  readonly leftAt: number | null;
}
export interface Change {
  readonly contactId: string;
  readonly field: string;
  readonly at: number;
  readonly old: Value;
  readonly new: Value;
}
export interface World {
  readonly catalog: Catalog;
  readonly calendar: ZoneCalendar;
  readonly now: number;
  readonly contacts: readonly Values[];
  readonly companies: readonly Values[];
  readonly events: ReadonlyMap<string, readonly EventRow[]>;
  readonly members: readonly { readonly list: string; readonly contactId: string; readonly at: number }[];
  readonly suppressed: readonly { readonly address: string; readonly at: number }[];
  readonly consents: readonly {
    readonly address: string;
    readonly topic: string;
    readonly isYes: boolean;
    readonly at: number;
  }[];
  /** What was recorded of people in funnels. */
  readonly stages: readonly {
    readonly funnel: string;
    readonly contactId: string;
    readonly stage: string | null;
    readonly at: number;
  }[];
  readonly enrollments: readonly Enrollment[];
  /** Of programs that people may be asked to be in; `leftAt` null: still inside. */
  readonly stays: readonly Stay[];
  /** Since when contacts are known, and what their fields were before, in the order of time. */
  readonly records: readonly { readonly contactId: string; readonly at: number }[];
  readonly changes: readonly Change[];
  readonly outbox: readonly Sent[];
}

export const lengths: readonly Length[] = [
  { amount: 1, unit: "d" },
  { amount: 24, unit: "h" },
  { amount: 2, unit: "w" },
  { amount: 1, unit: "mo" },
  { amount: 90, unit: "d" },
  { amount: 1, unit: "y" },
  { amount: 90, unit: "min" },
];
export const texts = ["Acme", " acme", "ACME ", "Acme Gmbh", "gmbh", "Ärger", "ärger ", "o'neill $x", "100%"];
export const emails = ["welcome", "tips", "Welcome"];
export const enumValues = ["gold", "silver", "grey"];
export const stageNames = ["lead", "mql", "sql", "customer"];
export const numbers = [-1, 0, 0.5, 1, 2, 10, 3600];
export const amounts = ["0", "9.99", "10", "10.0001", "500"];
export const days = [
  "2024-02-29",
  "2025-03-30",
  "2026-02-28",
  "2026-03-01",
  "2026-03-28",
  "2026-03-29",
  "2026-03-30",
  "2026-04-30",
];
export const zones = ["Europe/Berlin", "America/New_York", "Etc/GMT+3"];
/** Names of topics, programs and variants as rows hold them. */
const told = {
  topic: ["tips", "News", "old"],
  program: ["onboarding", "Onboarding "],
  variant: ["plain", "Bold", "x"],
};
const addresses = ["ana@x.example", " Ana@X.example", "bob@x.example", "BOB@x.example ", "cid@x.example"];
const awkward = "order select contact_id Batch group e c s a1 n1 key table first stage at user o j p received_at".split(
  " ",
);

const single = (scalar: Scalar): Type => ({ scalar, isList: false, isNullable: true });
const plainScalar = (kind: "number" | "percent" | "date" | "datetime" | "boolean" | "duration" | "country" | "url") =>
  single({ kind });
export const scalars: readonly Type[] = [
  single({ kind: "text", isExact: false }),
  single({ kind: "text", isExact: true }),
  single({ kind: "enum", values: enumValues }),
  single({ kind: "money", currency: "EUR" }),
  ...(["number", "percent", "date", "datetime", "boolean", "duration", "country", "url"] as const).map(plainScalar),
];

const listed: readonly Scalar[] = [
  { kind: "text", isExact: false },
  { kind: "text", isExact: true },
  { kind: "number" },
  { kind: "date" },
  { kind: "datetime" },
];

export function drawCatalog(dice: Dice): Catalog {
  const named = (types: readonly Type[]): Field[] => {
    const names = dice.shuffle(awkward);
    return types.map((type, index) => fieldOf(names[index] ?? "", type));
  };
  const mail = (name: string): EventTable => ({
    name,
    key: null,
    isBuiltIn: true,
    isMail: true,
    fields: [
      ...["message", "email", "topic", "program", "variant"].map((prop) =>
        fieldOf(prop, single({ kind: "text", isExact: true })),
      ),
      fieldOf("link", single({ kind: "url" })),
      fieldOf("machine", single({ kind: "boolean" })),
    ],
  });
  const own = (name: string, types: readonly Type[]): EventTable => {
    const fields = named(types);
    return { name, fields, key: fields[1]?.name ?? null, isBuiltIn: false, isMail: false };
  };
  const key = (name: string) => ({ ...fieldOf(name, single({ kind: "text", isExact: true })), isKey: true });
  const lists = listed.map((scalar): Type => ({ ...single(scalar), isList: true }));
  return {
    contact: {
      fields: [
        key("id"),
        fieldOf("email", single({ kind: "email" })),
        fieldOf("company", single({ kind: "text", isExact: true })),
        ...named([...scalars, ...lists]),
      ],
      key: "id",
      address: "email",
      zone: null,
      country: null,
    },
    company: { fields: [key("domain"), ...named(scalars)], key: "domain" },
    events: [
      mail("received"),
      mail("opened"),
      mail("unsubscribed"),
      own("purchased", scalars),
      own("signed_up", scalars),
    ],
    lists: [
      { name: "vips", title: null },
      { name: "press", title: null },
    ],
    topics: [
      { name: "tips", title: "Tips", consent: "opt out" },
      { name: "news", title: "News", consent: "opt in" },
    ],
  };
}

function fieldOf(name: string, type: Type): Field {
  return { name, type, isKey: false, doc: null };
}

/** Instants at which something may happen: mostly on an edge of a window or a millisecond beside it. */
export function drawInstant(dice: Dice, calendar: ZoneCalendar, now: number): number {
  const near = dice.pick([0, 0, -1, 1]);
  if (dice.chance(25)) return now + near;
  if (dice.chance(40)) {
    const by = dice.pick(lengths);
    return calendar.shift(now, { ...by, amount: dice.chance(85) ? -by.amount : by.amount }) + near;
  }
  if (dice.chance(40)) return calendar.startOfDay(dice.pick(days)) + near;
  return now - dice.below(400) * 86_400_000 + near;
}

export function drawValue(dice: Dice, type: Type, instant: () => number): Value {
  if (type.isList) {
    const items = dice.times(1 + dice.below(3), () => drawValue(dice, { ...type, isList: false }, instant));
    const known = items.filter((item) => typeof item === "string" || typeof item === "number");
    return known.length === 0 ? null : listOf(known);
  }
  switch (type.scalar.kind) {
    case "text":
    case "url":
      return dice.maybe(dice.pick(texts));
    case "email":
      return dice.maybe(dice.pick(addresses));
    case "enum":
      return dice.maybe(dice.pick(enumValues));
    case "country":
      return dice.maybe(dice.pick(["DE", "US"]));
    case "timezone":
      return dice.maybe(dice.pick(zones));
    case "money":
      return dice.maybe(dice.pick(amounts));
    case "date":
      return dice.maybe(dice.pick(days));
    case "datetime":
      return dice.maybe(instant());
    case "boolean":
      return dice.maybe(dice.chance(50));
    case "duration":
      return dice.maybe(dice.pick([0, 3600, 5400, 86_400, 172_800, 604_800, 2_592_000, 31_536_000]));
    default:
      return dice.maybe(dice.pick(numbers));
  }
}

export function drawWorld(dice: Dice, catalog = drawCatalog(dice)): World {
  const calendar = calendarOf(
    dice.pick(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
    1 + dice.below(7),
  );
  // Around the changes of the clocks, and on the last of a month.
  const now = Date.parse(
    dice.pick(["2026-03-30T08:00Z", "2026-03-08T07:30Z", "2026-10-25T01:30Z", "2026-05-31T22:00Z"]),
  );
  const instant = () => drawInstant(dice, calendar, now);
  const fill = (fields: readonly Field[]) =>
    Object.fromEntries(fields.map((field) => [field.name, drawValue(dice, field.type, instant)]));
  const companies = ["a.example", "b.example"].map((domain) => ({ ...fill(catalog.company?.fields ?? []), domain }));
  const contacts = dice.times(14, (index) => ({
    ...fill(catalog.contact.fields),
    id: `c${index}`,
    company: dice.pick(["a.example", "b.example", "B.example", null]),
  }));
  const records = contacts
    .filter(() => dice.chance(85))
    .map(({ id }) => ({ contactId: id, at: Math.min(instant(), now) }));
  const changes = contacts.flatMap((contact) => drawChanges(dice, contact, catalog.contact.fields, instant));
  const outboxIds = dice.times(16, (index) => `m${dice.below(3)}${index}`);
  // Now and then an event comes just as long behind another as a chain may ask for.
  const before: { readonly contactId: string; readonly at: number }[] = [];
  const happened = () => {
    const last = before.length > 0 && dice.chance(60) ? dice.pick(before) : null;
    const next = last
      ? { ...last, at: calendar.shift(last.at, dice.pick(lengths)) + dice.pick([0, 0, 0, -1, 1]) }
      : { contactId: `c${dice.below(12)}`, at: instant() };
    before.push(next);
    return next;
  };
  const events = new Map(
    catalog.events.map((event) => [
      event.name,
      dice.times(dice.pick([0, 20, 50]), (index): EventRow => {
        const values = fill(event.fields);
        return {
          ...happened(),
          eventId: `${event.name} ${index}`,
          values: event.isMail
            ? {
                ...values,
                message: dice.maybe(dice.pick([...outboxIds, "other"])),
                email: dice.maybe(dice.pick(emails)),
                topic: dice.maybe(dice.pick(told.topic)),
                program: dice.maybe(dice.pick(told.program)),
                variant: dice.maybe(dice.pick(told.variant)),
              }
            : values,
        };
      }),
    ]),
  );
  const enrollments = dice.times(10, (index) => drawEnrollment(dice, index, events, instant));
  return {
    catalog,
    calendar,
    now,
    contacts,
    companies,
    events,
    members: ["vips", "press"].flatMap((list) =>
      dice.times(14, (index) => ({ list, contactId: `c${index}`, at: instant() })).filter(() => dice.chance(50)),
    ),
    suppressed: [...new Set(addresses.map(folded))]
      .filter(() => dice.chance(40))
      .map((address) => ({ address, at: instant() })),
    consents: dice.times(14, () => ({
      address: folded(dice.pick(addresses)),
      topic: dice.pick(["tips", "news", "*"]),
      isYes: dice.chance(50),
      at: instant(),
    })),
    stages: stagesIn(
      dice.times(60, () => ({
        funnel: dice.pick(["F", "F0", "F1", "F2"]),
        contactId: `c${dice.below(12)}`,
        stage: dice.maybe(dice.pick([...stageNames, "gone"])),
        at: instant(),
      })),
    ),
    enrollments,
    stays: dice.times(16, () => {
      const at = instant();
      const leftAt = dice.chance(50) ? null : at + dice.pick([0, 1, 86_400_000, Math.max(0, now - at)]);
      return { program: dice.pick(["onboarding", "other"]), contactId: `c${dice.below(14)}`, at, leftAt };
    }),
    records,
    changes,
    outbox: outboxIds.map((sendId) => {
      const { enrollmentId, contactId } = dice.pick(enrollments);
      return { sendId, enrollmentId, contactId, email: dice.pick(emails), plannedAt: now - dice.below(3) * 86_400_000 };
    }),
  };
}

/** As they are written: in order of time, one for an instant, and only where it is another one than before. */
function stagesIn(drawn: World["stages"]): World["stages"] {
  const found: World["stages"][number][] = [];
  for (const row of drawn.toSorted((one, other) => one.at - other.at)) {
    const last = found.findLast(({ funnel, contactId }) => funnel === row.funnel && contactId === row.contactId);
    if (!last || (last.at !== row.at && last.stage !== row.stage)) found.push(row);
  }
  return found;
}

/** The last new value is the one that the contact has. */
function drawChanges(
  dice: Dice,
  contact: Values & { readonly id: string },
  fields: readonly Field[],
  instant: () => number,
): readonly Change[] {
  return fields.flatMap((field) => {
    if (field.isKey || field.name === "company" || dice.chance(60)) return [];
    const times = dice.times(1 + dice.below(3), instant).toSorted((one, other) => one - other);
    const values = [...times.map(() => drawValue(dice, field.type, instant)), contact[field.name] ?? null];
    return times.flatMap((at, index): readonly Change[] => {
      const [old = null, is = null] = [values[index], values[index + 1]];
      return old === is ? [] : [{ contactId: contact.id, field: field.name, at, old, new: is }];
    });
  });
}

function drawEnrollment(
  dice: Dice,
  index: number,
  events: ReadonlyMap<string, readonly EventRow[]>,
  instant: () => number,
): Enrollment {
  const kind = dice.pick(["purchased", "signed_up", "opened", null]);
  const rows = kind === null ? [] : (events.get(kind) ?? []);
  const row = rows.length > 0 ? dice.pick(rows) : null;
  const startedAt = row ? row.at : instant();
  const waitFrom = dice.chance(50) ? startedAt : startedAt + dice.below(40) * 86_400_000;
  return {
    contactId: row?.contactId ?? `c${dice.below(14)}`,
    enrollmentId: `n${index}`,
    startedAt,
    startEvent: row && kind,
    startEventId: row?.eventId ?? null,
    waitFrom,
    waitUntil: dice.maybe(waitFrom + dice.below(30) * 86_400_000),
  };
}

function folded(address: string): string {
  return address.trim().toLowerCase();
}
