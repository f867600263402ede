// CDNOW's win-back program worked out person by person, without SQL: what a replay must come to.

import { readFileSync } from "node:fs";

const dayMs = 86_400_000;

export interface MonthCounts {
  entered: number;
  mails: number;
  goals: number;
  left: number;
}

function purchases(file: string): readonly (readonly number[])[] {
  const byPerson = new Map<string, number[]>();
  for (const line of readFileSync(file, "utf8").split(/\r?\n/)) {
    const [person, day] = line.trim().split(/\s+/);
    if (!person || !day) continue;
    const at = Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6, 8)));
    byPerson.set(person, [...(byPerson.get(person) ?? []), at]);
  }
  return [...byPerson.values()];
}

const monthOf = (at: number) => new Date(at).toISOString().slice(0, 7);

interface Walk {
  readonly started: number;
  readonly isOffered: boolean;
  readonly due: number;
}

/** One person's way: lapsed for 180 days enters, an offer after 21 days, the end 39 days later, a purchase is the goal. */
function follow(
  bought: readonly number[],
  ticks: readonly number[],
  count: (at: number, what: keyof MonthCounts) => void,
) {
  const between = (from: number, until: number) => bought.some((at) => at >= from && at <= until);
  let wasLapsed = false;
  let lastStart: number | null = null;
  let walk = null as Walk | null;
  for (const now of ticks) {
    if (walk && between(walk.started + 1, Math.min(now, walk.started + 60 * dayMs))) {
      count(now, "goals");
      count(now, "left");
      walk = null;
    }
    const isLapsed = between(0, now) && !between(now - 180 * dayMs, now);
    const mayEnter = !wasLapsed || (lastStart !== null && lastStart <= now - 180 * dayMs);
    const isStart = isLapsed && walk === null && mayEnter;
    wasLapsed = isLapsed;
    if (isStart) {
      count(now, "entered");
      count(now, "mails");
      lastStart = now;
      walk = { started: now, isOffered: false, due: now + 21 * dayMs };
    } else if (walk && now >= walk.due) {
      count(now, walk.isOffered ? "left" : "mails");
      walk = walk.isOffered ? null : { started: walk.started, isOffered: true, due: now + 39 * dayMs };
    }
  }
}

/** Months from 1997-01-01 to 1998-06-30, judged on the first day and then every Monday. */
export function winBackByMonth(file: string): ReadonlyMap<string, MonthCounts> {
  const ticks = [Date.UTC(1997, 0, 1)];
  for (let at = Date.UTC(1997, 0, 6); at <= Date.UTC(1998, 5, 30); at += 7 * dayMs) ticks.push(at);
  const months = new Map<string, MonthCounts>();
  const count = (at: number, what: keyof MonthCounts) => {
    const month = months.get(monthOf(at)) ?? { entered: 0, mails: 0, goals: 0, left: 0 };
    month[what]++;
    months.set(monthOf(at), month);
  };
  for (const bought of purchases(file)) follow(bought, ticks, count);
  return months;
}
