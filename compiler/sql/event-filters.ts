// Which rows of one event table are asked for: by the mail they are about, by who did it, by their properties.

import { Bug } from "../../grammar/unreachable.ts";
import type { EventTable } from "../ir/catalog.ts";
import type { Behaviour, Selection } from "../ir/condition.ts";
import { eventColumn, type Places } from "./terms.ts";
import { printFilter, type Scene } from "./truth.ts";

/** The alias `e` is the event. */
export const occurredAt = "e.occurred_at";

/** What a behaviour and a start by an event have in common. */
type Asked = Pick<Selection, "email" | "countsMachines" | "where">;
type Around = Pick<Scene, "builder" | "dialect" | "zone">;

/** SQL conditions that must all hold; `startProperty` says where the properties of the starting event are. */
export function rowFilters(
  { email, countsMachines, where }: Asked,
  event: EventTable,
  around: Around,
  startProperty: Places["startProperty"],
): readonly string[] {
  const filters: string[] = [];
  if (email !== null) {
    const { fold } = around.dialect;
    const name = around.builder.param({ kind: "text", value: email });
    filters.push(`${fold(`e.${eventColumn(event, "email")}`)} = ${fold(name)}`);
  }
  const machine = event.isMail && event.fields.find((field) => field.name === "machine");
  if (machine && !countsMachines) filters.push(around.dialect.isNotTrue(`e.${eventColumn(event, machine.name)}`));
  if (where) filters.push(printFilter(where, sceneOf(event, around, startProperty)));
  return filters;
}

/** Inside `where (…)` only the event itself can be read. */
function sceneOf(event: EventTable, { builder, dialect, zone }: Around, startProperty: Places["startProperty"]): Scene {
  const refuse = (what: string) => {
    throw new Bug(`the where of ${event.name} reads a ${what}`);
  };
  return {
    builder,
    dialect,
    zone,
    leaf: (leaf) => refuse(leaf.kind),
    isAlone: (leaf): leaf is Behaviour => refuse(leaf.kind),
    someAlone: () => refuse("behaviour"),
    places: {
      field: () => refuse("contact field"),
      companyField: () => refuse("company field"),
      startProperty,
      score: () => refuse("score"),
      stage: () => refuse("stage"),
      property: (name) => `e.${eventColumn(event, name)}`,
      occurredAt: () => occurredAt,
      aggregate: () => refuse("aggregate"),
      truth: () => refuse("choice"),
    },
  };
}
