// Random conditions on what contact fields were before, each with what it means for one contact.

import type { Field } from "../../compiler/ir/catalog.ts";
import { comparable, drawLiteral, isDated } from "./source-checks.ts";
import { type Draw, drawMoment, spell } from "./source-moments.ts";
import { drawWindow, pickField, type Predicate, type Subject } from "./source-predicates.ts";
import { lengths, type Value } from "./world.ts";

export function drawHistory(draw: Draw): Predicate {
  const { dice, world } = draw;
  const fields = world.catalog.contact.fields.filter(({ name, isKey }) => !isKey && name !== "company");
  const field = pickField(dice, fields);
  return dice.chance(40) || field.type.isList ? drawChanged(draw, field) : drawHasBeen(draw, field);
}

const changesOf = (field: Field, { world, row }: Subject) =>
  world.changes.filter(
    (change) => change.contactId === row.id && change.field === field.name && change.at <= world.now,
  );

function drawChanged(draw: Draw, field: Field): Predicate {
  const window = draw.dice.chance(60) ? drawWindow(draw) : null;
  draw.note(window ? "changed in window" : "changed");
  // Behind \`changed\` stands a window that begins with a word of its own.
  const isRange = /^(before|between|after)/.test(window?.text ?? "");
  const usable = isRange ? null : window;
  return {
    text: `${field.name} changed ${usable?.text ?? ""}`.trim(),
    holds: (subject) =>
      changesOf(field, subject).some(
        (change) =>
          (usable?.includes(change.at) ?? true) &&
          (field.type.isList || comparable(change.old, field) !== comparable(change.new, field)),
      ),
  };
}

/** What the field was from when on: first what it was when the contact became known. */
function drawHasBeen(draw: Draw, field: Field): Predicate {
  const { dice, world } = draw;
  const within = dice.pick(lengths);
  const { text, isIt } = drawWanted(draw, field);
  const edge = world.calendar.shift(world.now, { ...within, amount: -within.amount });
  return {
    text: `${field.name} has been ${text} for ${spell(within, dice)}`,
    holds(subject) {
      const changes = changesOf(field, subject);
      const known = [...world.records.filter((record) => record.contactId === subject.row.id), ...changes];
      if (!known.some(({ at }) => at <= edge) || !isIt(subject.row[field.name] ?? null)) return false;
      return changes.filter(({ at }) => at > edge).every(({ old }) => isIt(old));
    },
  };
}

function drawWanted(draw: Draw, field: Field): { readonly text: string; readonly isIt: (value: Value) => boolean } {
  if (isDated(field)) {
    draw.note("has been a day");
    const { text, start, end, startDay, endDay } = drawMoment(draw);
    const isDay = field.type.scalar.kind === "date";
    const [from, to] = isDay ? [startDay, end === null ? null : endDay] : [start, end];
    const isIt = (value: Value) => value !== null && (to === null ? value === from : value >= from && value < to);
    return { text, isIt };
  }
  draw.note("has been");
  const { text, value } = drawLiteral(draw, field);
  const wanted = comparable(value, field);
  return { text, isIt: (other) => other !== null && comparable(other, field) === wanted };
}
