// What a simulation found, as tables that can be printed, and as JSON.

import type { Table } from "../cadenza.ts";
import { percentText } from "../sim/engagement-file.ts";
import { type Engagement, rateNames, ratesOf } from "../sim/engagement.ts";
import type { Simulation } from "./simulated.ts";

const count = (value: number) => value.toLocaleString("en-US");
const share = (part: number, whole: number) => (whole === 0 ? "" : `${((100 * part) / whole).toFixed(1)}%`);
const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);

/** Tables with nothing in them are left out. */
export function simulationTables(simulation: Simulation): readonly Table[] {
  return [
    programTable(simulation),
    dayTable(simulation),
    emailTable(simulation),
    personTable(simulation),
    heldTable(simulation),
    ...simulation.programs.map((program) => stepTable(program, simulation.days)),
    handOffTable(simulation),
  ].filter(({ rows }) => rows.length > 0);
}

function programTable({ programs }: Simulation): Table {
  return {
    title: "Programs",
    head: ["program", "entered", "mails", "goals", "left", "inside at the end", "left, and why"],
    rows: programs.map(({ program, entered, mails, goals, left, inside }) => [
      program,
      ...[entered, sum(mails), goals, sum(left.map(({ people }) => people)), inside].map(count),
      left.map(({ reason, people }) => `${reason} ${count(people)}`).join(", "),
    ]),
  };
}

function dayTable({ days, programs }: Simulation): Table {
  return {
    title: "Mails by day",
    head: ["day", "mails", "programs"],
    rows: days.flatMap((day, index) => {
      const own = programs.flatMap(({ program, mails }) => {
        const of = mails[index] ?? 0;
        return of > 0 ? [{ program, of }] : [];
      });
      const all = sum(own.map(({ of }) => of));
      return all === 0 ? [] : [[day, count(all), own.map(({ program, of }) => `${program} ${count(of)}`).join(", ")]];
    }),
  };
}

const tellings = ["bounced", "opened", "clicked", "replied", "unsubscribed", "complained"] as const;

function emailTable({ told, engagement }: Simulation): Table {
  return {
    title: "Emails",
    head: ["email", "mails", ...(engagement ? tellings : [])],
    rows: told.map((one) => [
      one.email,
      count(one.mails),
      ...(engagement ? tellings.map((event) => count(one[event])) : []),
    ]),
  };
}

/** The most mails that have a row of their own. */
const mostAlone = 12;

function personTable({ contacts, perPerson }: Simulation): Table {
  const mailed = sum(perPerson.map(({ people }) => people));
  const alone = perPerson.filter(({ mails }) => mails <= mostAlone);
  const many = sum(perPerson.filter(({ mails }) => mails > mostAlone).map(({ people }) => people));
  const rows: readonly (readonly [string, number])[] = [
    ["0", Math.max(0, contacts - mailed)],
    ...alone.map(({ mails, people }) => [count(mails), people] as const),
    ...(many > 0 ? [[`more than ${mostAlone}`, many] as const] : []),
  ];
  return {
    title: "Mails per person",
    head: ["mails", "people", "share"],
    rows: rows.map(([mails, people]) => [mails, count(people), share(people, Math.max(contacts, mailed))]),
  };
}

function heldTable({ held }: Simulation): Table {
  return {
    title: "Held back",
    head: ["program", "email", "", "why", "times", "people"],
    rows: held.map(({ program, email, outcome, reason, times, people }) => [
      program,
      email ?? "",
      outcome,
      reason,
      count(times),
      count(people),
    ]),
  };
}

/** The most columns of days that a table has. */
const mostDays = 7;

/** Evenly spread, the last day among them. */
export function shownDays(all: number, most: number): readonly number[] {
  const shown = Math.min(all, most);
  return Array.from({ length: shown }, (_, index) => Math.ceil(((index + 1) * all) / shown) - 1);
}

function stepTable({ program, steps }: Simulation["programs"][number], days: readonly string[]): Table {
  const shown = shownDays(days.length, mostDays);
  const met = steps.filter(({ people }) => people.some((some) => some > 0));
  return {
    title: `${program}: people at each step, at the end of the day`,
    head: ["step", ...shown.map((index) => days[index] ?? "")],
    rows: met.map(({ title, people }) => [title, ...shown.map((index) => count(people[index] ?? 0))]),
  };
}

function handOffTable({ handOffs }: Simulation): Table {
  return {
    title: "Hand-offs",
    head: ["team", "program", "people"],
    rows: handOffs.map(({ team, program, count: people }) => [team, program, count(people)]),
  };
}

/** What people are expected to do, by email: those without rates of their own in one row. */
export function engagementTable(engagement: Engagement): Table {
  const own = Object.keys(engagement.emails ?? {});
  const rows = own.map((email) => ({ name: email, rates: ratesOf(engagement, email) }));
  const others = { name: own.length > 0 ? "all others" : "all", rates: engagement.rates };
  return {
    title: "Expected of people",
    head: ["email", ...rateNames],
    rows: [...rows, others].map(({ name, rates }) => [name, ...rateNames.map((rate) => percentText(rates[rate]))]),
  };
}

/** As other tools read it: instants as ISO 8601 in UTC, shares from 0 to 1, counts by day in the order of `days`. */
export function simulationJson(simulation: Simulation): object {
  const { from, to, every, engagement, ...found } = simulation;
  const iso = (at: number) => new Date(at).toISOString();
  return {
    from: iso(from),
    to: iso(to),
    every: `${every.amount}${every.unit}`,
    engagement: engagement ?? "replay",
    ...found,
  };
}
