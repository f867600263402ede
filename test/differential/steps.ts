// What single steps do to a person, and until when they let her wait.

import { DateTime } from "luxon";
import type { Step, WaitUntil } from "../../grammar/ast/program.ts";
import { type Person, shifted, zone } from "./conditions.ts";

/** What the journal calls it when somebody passes a step that changes her. */
export const outcomes: Readonly<Record<string, string>> = {
  set: "set",
  "set add": "set",
  "add to": "added",
  "remove from": "removed",
  "subscribe to": "subscribed",
  "unsubscribe from": "unsubscribed",
  suppress: "suppressed",
};

/** What a step does to a person. */
export function change(person: Person, step: Step): void {
  const { fields, lists, address } = person;
  if (step.kind === "add to") lists.add(step.list.text);
  if (step.kind === "remove from") lists.delete(step.list.text);
  if (step.kind === "set add" && step.value.kind === "number")
    fields[step.name.text] = Number(fields[step.name.text] ?? 0) + step.value.value;
  if (step.kind === "set") {
    const { name, value } = step.assign;
    fields[name.text] = value !== null && "kind" in value && value.kind === "name" ? value.text : null;
  }
  // Refusals belong to the address: who has none can refuse nothing.
  if (step.kind === "subscribe to" || step.kind === "unsubscribe from")
    address?.topics.set(step.topic.text, step.kind === "subscribe to");
  if (step.kind === "suppress" && address) address.isSuppressed = true;
}

/** When it is the person's turn at the latest who comes to a step now; null: a date that is unknown. */
export function dueAt(step: Step, now: number, person: Person): number | null {
  if (step.kind === "wait") return shifted(now, step.duration);
  if (step.kind === "wait up to") return shifted(now, step.limit);
  return step.kind === "wait until" ? momentOf(step.until, now, person) : now;
}

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** The moment of a wait, seen from `now`; null: there is none. */
function momentOf(until: WaitUntil, now: number, { fields }: Person): number | null {
  if (until.kind === "date") {
    const day = fields[until.date.name.text];
    return typeof day === "string" ? DateTime.fromISO(`${day}T09:00`, { zone }).toMillis() : null;
  }
  if (until.kind === "moment") throw new Error("no fixed moments here");
  const { clock, local } = until.time;
  const today = DateTime.fromMillis(now, { zone: local ? String(fields.time_zone ?? zone) : zone }).startOf("day");
  for (let days = 0; ; days++) {
    const day = today.plus({ days });
    const moment = day.set({ hour: clock.hour, minute: clock.minute }).toMillis();
    const isDay = until.kind === "clock" || weekdays[day.weekday - 1] === until.weekday.text;
    if (isDay && moment >= now) return moment;
  }
}
