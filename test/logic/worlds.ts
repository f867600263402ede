// Worlds of the tests of printed SQL, made of the witnesses of verdicts.

import { calendarOf } from "../../compiler/calendar.ts";
import { groundOf } from "../../compiler/logic/ground.ts";
import { completed, type Witness } from "../../compiler/logic/witness.ts";
import type { Field } from "../../compiler/ir/catalog.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Person, Values } from "../../grammar/diagnostics/entry.ts";
import type { EventRow, Value, World } from "../sql/world.ts";

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
    contacts: witnesses.map(({ contact }) => contact),
    companies: witnesses.flatMap(({ company }) => (company ? [company] : [])),
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

/** Who is shown with a finding, whole again. */
export function witnessOf(plan: Plan, { now, contact, company, events, startingEvent, ...person }: Person): Witness {
  const ground = groundOf(plan);
  const read = (fields: readonly Field[], values: Values) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const field = fields.find((candidate) => candidate.name === name);
        return [name, field?.type.scalar.kind === "datetime" && value !== null ? Date.parse(String(value)) : value];
      }),
    );
  const { key, fields } = ground.contact;
  const sketch: Witness = {
    ...person,
    now: Date.parse(now),
    contact: { [key]: "p", ...read(fields, contact) },
    company: company && read(ground.company?.fields ?? [], company),
    events: events.map(({ event, at, properties }) => ({
      event,
      at: Date.parse(at),
      values: read(ground.event(event)?.fields ?? [], properties),
      scopes: [],
    })),
    start: startingEvent,
  };
  return completed(sketch, ground, "");
}

function fold(address: Value): string {
  return String(address)
    .replace(/^ +| +$/g, "")
    .toLowerCase();
}
