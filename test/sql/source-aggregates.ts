// Random aggregates as a writer would write them, each compared with something.

import type { Field } from "../../compiler/ir/catalog.ts";
import { isOrdered, type Scalar, type Type } from "../../compiler/types.ts";
import { aggregateOf, occurrences } from "./aggregate-reference.ts";
import { drawCheck } from "./source-checks.ts";
import type { Draw } from "./source-moments.ts";
import { declared, drawWhere, drawWindow, type Predicate } from "./source-predicates.ts";

const functions = [
  ...([
    "count of",
    "count of distinct",
    "sum of",
    "average of",
    "lowest",
    "highest",
    "first",
    "last",
    "first",
    "last",
  ] as const),
];
type Name = (typeof functions)[number];
const summable: readonly Scalar["kind"][] = ["number", "money", "duration"];
const datetime: Type = { scalar: { kind: "datetime" }, isList: false, isNullable: true };
const number: Type = { scalar: { kind: "number" }, isList: false, isNullable: false };
const at: Field = { name: "at", type: datetime, isKey: false, doc: null };

function takes(name: Name, { type: { scalar } }: Field): boolean {
  if (name === "sum of" || name === "average of") return summable.includes(scalar.kind);
  return (name !== "lowest" && name !== "highest") || isOrdered(scalar);
}

export function drawAggregate(draw: Draw): Predicate {
  const { dice, world } = draw;
  const name = dice.pick(functions);
  const events = world.catalog.events.filter((event) => world.events.get(event.name)?.length !== 0);
  const summing = events.filter(({ fields }) => fields.some((field) => takes("sum of", field)));
  const isSum = name === "sum of" || name === "average of";
  // Where nothing has happened that could be summed, all is counted.
  const fit: Name = isSum && summing.length === 0 ? "count of" : name;
  const event = dice.pick(isSum && summing.length > 0 ? summing : events);
  const usable = [...event.fields.filter((field) => !(event.isMail && field.name in declared)), at].filter((field) =>
    takes(fit, field),
  );
  const isBare = fit === "count of" || ((fit === "first" || fit === "last") && dice.chance(40));
  const property = isBare ? null : dice.pick(usable);
  const where = dice.chance(30) ? drawWhere(draw, event.fields, event.isMail, 1) : null;
  const window = drawWindow(draw, ["none", "in", "in calendar", "in today", "since", "ever"]);
  draw.note(isBare && fit !== "count of" ? `${fit} event` : fit);
  if (where) draw.note("aggregate where");
  if (property === at) draw.note("aggregate of time");
  const isCount = fit === "count of" || fit === "count of distinct";
  const type = isCount ? number : { ...(property?.type ?? datetime), isNullable: fit !== "sum of" };
  const written = `${fit} ${event.name}${property ? `.${property.name}` : ""}`;
  const text = [written, where && `where (${where.text})`, window.text].filter(Boolean).join(" ");
  const field: Field = { name: "computed value", type, isKey: false, doc: null };
  const others = world.catalog.contact.fields.filter(
    (other) => !other.type.isList && JSON.stringify(other.type.scalar) === JSON.stringify(type.scalar),
  );
  const { text: whole, check } = drawCheck(draw, { text, field, others, isAggregate: true });
  const isMachineEvent = event.name === "opened" || event.name === "clicked";
  return {
    text: whole,
    holds({ row }) {
      const rows = (world.events.get(event.name) ?? []).filter(
        (found) =>
          found.contactId === row.id &&
          found.at <= world.now &&
          window.includes(found.at) &&
          (!isMachineEvent || found.values.machine !== true) &&
          (where === null || where.holds(found)),
      );
      const scalar = property?.type.scalar ?? datetime.scalar;
      const isFolded =
        (scalar.kind === "text" && !scalar.isExact) || ["email", "url", "timezone"].includes(scalar.kind);
      const values = rows.map((found) => {
        const isTime = property === null || property === at;
        return { ...found, value: isTime ? found.at : (found.values[property.name] ?? null) };
      });
      const key = event.isMail ? "message" : event.key;
      const value = fit === "count of" ? occurrences(rows, key) : aggregateOf(fit, values, { isFolded, scalar });
      return check((asked) => (asked === field.name ? value : (row[asked] ?? null)));
    },
  };
}
