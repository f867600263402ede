// Random conditions on what contact fields were before, each with what it means for one contact.

import type { Field } from "../../compiler/ir/catalog.ts";
import type { Computed } from "./source-computed.ts";
import { comparable, drawLiteral, isDated } from "./source-checks.ts";
import { type Draw, drawMoment, spell } from "./source-moments.ts";
import { drawWindow, pickField, type Predicate, type Subject } from "./source-predicates.ts";
import { lengths, type Value } from "./world.ts";

export function drawHistory(draw: Draw, computed: Computed): Predicate {
  const { dice, world } = draw;
  if (dice.chance(35)) return drawStageHistory(draw, computed);
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

/** Stages are known from what was written of them, one after the other. */
function drawStageHistory(draw: Draw, { funnels }: Computed): Predicate {
  const { dice, world, note } = draw;
  const { name, stages, placeOf } = dice.pick(funnels);
  const written = ({ row }: Subject) =>
    world.stages
      .filter(({ funnel, contactId, at }) => funnel === name && contactId === row.id && at <= world.now)
      .toSorted((one, other) => one.at - other.at);
  if (dice.chance(50)) {
    note("stage changed");
    const window = dice.chance(60) ? drawWindow(draw) : null;
    const usable = /^(before|between|after)/.test(window?.text ?? "") ? null : window;
    return {
      text: `stage ${name} changed ${usable?.text ?? ""}`.trim(),
      holds: (subject) =>
        written(subject)
          .slice(1)
          .some(({ at }) => usable?.includes(at) ?? true),
    };
  }
  note("stage has been");
  const within = dice.pick(lengths);
  const wanted = dice.pick(stages);
  const edge = world.calendar.shift(world.now, { ...within, amount: -within.amount });
  return {
    text: `stage ${name} has been ${wanted} for ${spell(within, dice)}`,
    holds(subject) {
      const inForce = written(subject).findLast(({ at }) => at <= edge);
      const since = written(subject).filter(({ at }) => at > edge);
      return inForce?.stage === wanted && since.length === 0 && stages[placeOf(subject) - 1] === wanted;
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
