// Worlds of the tests of printed SQL, made of the witnesses of verdicts.

import { calendarOf } from "../../compiler/calendar.ts";
import { groundOf } from "../../compiler/logic/ground.ts";
import { readList, writeList } from "../../compiler/logic/lists.ts";
import { completed, type Witness } from "../../compiler/logic/witness.ts";
import type { Field } from "../../compiler/ir/catalog.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Person, Values as Told } from "../../grammar/diagnostics/entry.ts";
import { listOf } from "../sql/text-reference.ts";
import type { EventRow, Value, Values, World } from "../sql/world.ts";

/** Witnesses of one instant, whose keys and addresses differ. */
export function worldOf(plan: Pick<Plan, "catalog" | "project">, witnesses: readonly Witness[]): World {
  const { catalog, project } = plan;
  const [first] = witnesses;
  if (!first || witnesses.some(({ now }) => now !== first.now)) throw new Error("witnesses of one instant are needed");
  const key = (witness: Witness) => String(witness.contact[catalog.contact.key]);
  const address = (witness: Witness) => fold(witness.contact[catalog.contact.address] ?? null);
  const events = new Map<string, EventRow[]>(catalog.events.map(({ name }) => [name, []]));
  for (const witness of witnesses) {
    witness.events.forEach(({ event, at, values }, index) => {
      events.get(event)?.push({ contactId: key(witness), at, eventId: `${key(witness)} ${index}`, values });
    });
  }
  return {
    catalog,
    calendar: calendarOf(project.zone, project.firstWeekday),
    now: first.now,
    contacts: witnesses.map(({ contact }) => rowOf(catalog.contact.fields, contact)),
    companies: witnesses.flatMap(({ company }) => (company ? [rowOf(catalog.company?.fields ?? [], company)] : [])),
    events,
    members: witnesses.flatMap((witness) =>
      witness.lists.map((list) => ({ list, contactId: key(witness), at: first.now })),
    ),
    suppressed: witnesses.flatMap((witness) =>
      witness.isSuppressed ? [{ address: address(witness), at: first.now }] : [],
    ),
    consents: witnesses.flatMap((witness) =>
      witness.consents.map(({ topic, isYes }) => ({ address: address(witness), topic, isYes, at: first.now })),
    ),
    stages: [],
    enrollments: [],
    stays: [],
    records: [],
    changes: [],
    outbox: [],
  };
}

/** Lists as the worlds of tests hold them. */
function rowOf(fields: readonly Field[], values: Values): Values {
  const lists = new Set(fields.flatMap(({ name, type }) => (type.isList ? [name] : [])));
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      return [name, lists.has(name) && value !== null ? listOf(readList(String(value))) : value];
    }),
  );
}

/** The same world, in which she walks through a program that such events start. */
export function enrolledIn(
  plan: Pick<Plan, "catalog" | "project" | "segments">,
  witness: Witness,
  starting: readonly string[],
): World {
  const world = worldOf(plan, [witness]);
  const { startedAt, waitFrom } = witness.enrollment ?? { startedAt: witness.now, waitFrom: witness.now };
  const contactId = String(witness.contact[plan.catalog.contact.key]);
  const start = startOf(plan, witness, starting, startedAt);
  const events = new Map(world.events);
  if (start) events.set(start.event, [...(events.get(start.event) ?? []).filter(isNot(start.row)), start.row]);
  const enrollment = {
    contactId,
    enrollmentId: "e",
    startedAt,
    startEvent: start?.event ?? null,
    startEventId: start?.row.eventId ?? null,
    waitFrom,
    waitUntil: null,
  };
  return { ...world, events, enrollments: [enrollment], outbox: mailsOf(witness, contactId, startedAt) };
}

const isNot =
  ({ eventId }: EventRow) =>
  (row: EventRow) =>
    row.eventId !== eventId;

/** An event that says what the starting event must say: one that she has, or one more. */
function startOf(
  plan: Pick<Plan, "catalog" | "project" | "segments">,
  witness: Witness,
  starting: readonly string[],
  at: number,
) {
  const contactId = String(witness.contact[plan.catalog.contact.key]);
  const said = Object.entries(witness.start);
  const index = witness.events.findIndex(
    (row) =>
      starting.includes(row.event) &&
      row.at <= at &&
      !row.scopes.includes("enrollment") &&
      said.every(([name, value]) => row.values[name] === value),
  );
  const found = witness.events[index];
  if (found)
    return {
      event: found.event,
      row: { contactId, at: found.at, eventId: `${contactId} ${index}`, values: found.values },
    };
  // Whoever was sent there by hand, or by another program, came without one.
  const event = starting.find((name) => {
    const fields = groundOf(plan).event(name)?.fields ?? [];
    return said.every(([property, value]) => {
      const field = fields.find((candidate) => candidate.name === property);
      return value === null ? !field || field.type.isNullable : field !== undefined;
    });
  });
  if (!event || said.length === 0) return null;
  const alone: Witness = { ...witness, events: [{ event, at, values: witness.start, scopes: [] }] };
  const [row] = completed(alone, groundOf(plan), "").events;
  return row ? { event, row: { contactId, at, eventId: "start", values: row.values } } : null;
}

/** What she was sent: the mails of her events; where an older one of an email is told of, there is a newer one. */
function mailsOf({ events }: Witness, contactId: string, startedAt: number): World["outbox"] {
  const own = events.filter(({ event, scopes }) => event !== "unsubscribed" && scopes.includes("enrollment"));
  const sent = own.flatMap(({ values: { message, email }, scopes }) => {
    if (message === undefined || message === null) return [];
    const isNewest = scopes.includes("wait for the newest");
    const mail = { enrollmentId: "e", contactId, email: String(email ?? "another") };
    const newest = { ...mail, sendId: `newest ${mail.email}`, plannedAt: startedAt + 2 };
    return isNewest
      ? [{ ...mail, sendId: String(message), plannedAt: startedAt + 3 }]
      : [{ ...mail, sendId: String(message), plannedAt: startedAt + 1 }, newest];
  });
  return [...new Map(sent.map((mail) => [mail.sendId, mail])).values()];
}

function readValue(value: Told[string], field: Field | undefined): Value {
  const isTime = field?.type.scalar.kind === "datetime";
  if (typeof value === "object" && value !== null) {
    return writeList(value.map((item) => String(isTime ? Date.parse(String(item)) : item)));
  }
  return isTime && value !== null ? Date.parse(String(value)) : value;
}

/** Who is shown with a finding, whole again. */
export function witnessOf(
  plan: Pick<Plan, "catalog" | "project" | "segments">,
  { now, contact, company, events, enrollment, startingEvent, ...person }: Person,
): Witness {
  const ground = groundOf(plan);
  const read = (fields: readonly Field[], values: Told) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const field = fields.find((candidate) => candidate.name === name);
        return [name, readValue(value, field)];
      }),
    );
  const { key, fields } = ground.contact;
  const sketch: Witness = {
    ...person,
    now: Date.parse(now),
    contact: { [key]: "p", ...read(fields, contact) },
    company: company && read(ground.company?.fields ?? [], company),
    events: events.map(({ event, at, properties, countsIn }) => ({
      event,
      at: Date.parse(at),
      values: read(ground.event(event)?.fields ?? [], properties),
      scopes: countsIn,
    })),
    enrollment: enrollment && {
      startedAt: Date.parse(enrollment.startedAt),
      waitFrom: Date.parse(enrollment.waitFrom),
    },
    start: Object.fromEntries(
      Object.entries(startingEvent).map(([name, value]) => [name, readValue(value, undefined)]),
    ),
  };
  return completed(sketch, ground, "");
}

function fold(address: Value): string {
  return String(address)
    .replace(/^ +| +$/g, "")
    .toLowerCase();
}
