// What the language says about one contact or enrollment, worked out row by row without any SQL.

import { createHash } from "node:crypto";
import type {
  Aggregate,
  Behaviour,
  Chain,
  Comparison,
  Condition,
  Link,
  Literal,
  Op,
  Selection,
  Term,
} from "../../compiler/ir/condition.ts";
import type { Funnel, Score } from "../../compiler/ir/people.ts";
import type { Segment } from "../../compiler/ir/plan.ts";
import { aggregateOf, daysOfYears, occurrences } from "./aggregate-reference.ts";
import { halved } from "./halved.ts";
import { fold, isFound, isLikeGlob, itemsOf } from "./text-reference.ts";
import type { Enrollment, EventRow, Value, Values, World } from "./world.ts";

export interface Person {
  readonly contactId: string;
  /** null where a contact is judged by itself. */
  readonly enrollment: Enrollment | null;
}
export interface Oracle {
  isTrue(condition: Condition, person: Person): boolean;
  valueIn(term: Term, person: Person): Value;
}

/** What conditions read by name. */
export interface Declared {
  readonly segments: readonly Segment[];
  readonly scores: readonly Score[];
  readonly funnels: readonly Funnel[];
}

/** `cuts`: the widest scope whose events end with the wait. */
export function oracleOf(world: World, declared: Declared, cuts: "wait" | "enrollment" = "wait"): Oracle {
  const { calendar, now } = world;
  const eventNamed = (name: string) => world.catalog.events.find((event) => event.name === name);

  function isTrue(condition: Condition, person: Person, event: EventRow | null = null): boolean {
    switch (condition.kind) {
      case "constant":
        return condition.value;
      case "all":
        return condition.of.every((child) => isTrue(child, person, event));
      case "any":
        return condition.of.some((child) => isTrue(child, person, event));
      case "not":
        return !isTrue(condition.of, person, event);
      case "compare": {
        const left = valueIn(condition.left, person, event);
        const right = valueIn(condition.right, person, event);
        return compares(dayBeside(left, right), condition.op, dayBeside(right, left), condition.by);
      }
      case "one of": {
        const value = valueIn(condition.term, person, event);
        return condition.values.some((item) => compares(value, "=", valueIn(item, person, event), condition.by));
      }
      case "known":
        return valueIn(condition.term, person, event) !== null;
      case "starts with":
      case "ends with": {
        const value = valueIn(condition.term, person, event);
        if (typeof value !== "string") return false;
        const [text, part] = condition.by === "text" ? [fold(value), fold(condition.text)] : [value, condition.text];
        return condition.kind === "starts with" ? text.startsWith(part) : text.endsWith(part);
      }
      case "contains":
        return contains(condition, valueIn(condition.term, person, event), valueIn(condition.value, person, event));
      case "matches glob":
      case "matches regex": {
        const value = valueIn(condition.term, person, event);
        if (typeof value !== "string") return false;
        const { pattern, by } = condition;
        if (condition.kind === "matches regex") return isFound(value, pattern, by);
        return by === "text" ? isLikeGlob(fold(value), fold(pattern)) : isLikeGlob(value, pattern);
      }
      case "behaviour":
        return behaves(condition, person);
      case "chain":
        return isChained(condition, person);
      case "in segment": {
        const segment = declared.segments.find((candidate) => candidate.id === condition.segment);
        return segment !== undefined && isTrue(segment.where, { ...person, enrollment: null });
      }
      case "in list":
        return world.members.some(
          (row) => row.list === condition.list && row.contactId === person.contactId && row.at <= now,
        );
      case "in program":
        return world.stays.some(
          ({ program, contactId, at, leftAt }) =>
            program === condition.program && contactId === person.contactId && at <= now && (leftAt ?? now + 1) > now,
        );
      case "suppressed":
        return world.suppressed.some((row) => row.address === addressOf(person) && row.at <= now);
      case "subscribed":
      case "refused":
        return consents(condition.kind, condition.topic, person);
      case "sample": {
        const digits = createHash("md5").update(`p:${condition.salt}:${person.contactId}`).digest("hex").slice(0, 13);
        return Number.parseInt(digits, 16) < (condition.share / 100) * 16 ** 13;
      }
    }
  }

  function contains({ term, by }: Condition & { kind: "contains" }, held: Value, wanted: Value): boolean {
    if (held === null || wanted === null) return false;
    if (!("type" in term && term.type.isList)) {
      const form = (value: Value) => (by === "text" ? fold(String(value)) : String(value));
      return form(held).includes(form(wanted));
    }
    return itemsOf(held, term.type.scalar).some((item) =>
      compares(dayBeside(item, wanted), "=", dayBeside(wanted, item), by),
    );
  }

  /** A date compares by day: an instant beside it is the day it lies in. */
  function dayBeside(value: Value, other: Value): Value {
    return typeof value === "number" && typeof other === "string" && /^\d{4}-/.test(other)
      ? calendar.dayOf(value)
      : value;
  }

  function addressOf(person: Person): string | null {
    const address = rowOf(person)?.[world.catalog.contact.address];
    return typeof address === "string" ? fold(address) : null;
  }

  function rowOf(person: Person): Values | undefined {
    return world.contacts.find((contact) => contact.id === person.contactId);
  }

  function consents(kind: "subscribed" | "refused", topic: string, person: Person): boolean {
    const address = addressOf(person);
    const said = world.consents
      .filter((row) => row.address === address && (row.topic === topic || row.topic === "*") && row.at <= now)
      .sort((one, other) => other.at - one.at || Number(one.isYes) - Number(other.isYes));
    const isRefused = said[0] !== undefined && !said[0].isYes;
    if (kind === "refused") return isRefused;
    const entry = world.catalog.topics.find((candidate) => candidate.name === topic);
    return entry?.consent === "opt in" ? said[0]?.isYes === true : !isRefused;
  }

  /** Every way through the chain is tried. */
  function isChained({ first, links }: Chain, person: Person): boolean {
    const goesOn = (row: EventRow, index: number): boolean => {
      const link = links[index];
      if (!link) return true;
      const limit = calendar.shift(row.at, link.within);
      const next = rowsOf(link.event, person).filter(
        (found) => found.at > row.at && found.at <= limit && isTied(link, row, found),
      );
      if (!link.isNegated) return next.some((found) => goesOn(found, index + 1));
      const cut = isCutOff(first) ? (person.enrollment?.waitUntil ?? now) : now;
      return next.length === 0 && limit <= Math.min(now, cut);
    };
    return rowsOf(first, person).some((row) => goesOn(row, 0));
  }

  function isTied({ same }: Link, before: EventRow, behind: EventRow): boolean {
    if (!same) return true;
    return compares(before.values[same.name] ?? null, "=", behind.values[same.name] ?? null, same.by);
  }

  function rowsOf(selection: Selection, person: Person): readonly EventRow[] {
    const { email, where, from, until } = selection;
    return eventsOf(selection.event).filter((row) => {
      if (row.contactId !== person.contactId && !isOwnMail(selection)) return false;
      if (row.at > now) return false;
      if (from && row.at < calendar.resolveInstant(from, now)) return false;
      if (until) {
        const end = calendar.resolveInstant(until.moment, now);
        if (until.isIncluded ? row.at > end : row.at >= end) return false;
      }
      if (email !== null && (row.values.email === null || fold(String(row.values.email)) !== fold(email))) return false;
      if (!selection.countsMachines && row.values.machine === true) return false;
      if (!isInScope(selection, row, person)) return false;
      return where === null || isTrue(where, person, row);
    });
  }

  /** When each occurrence first came. */
  function occurrencesOf(behaviour: Behaviour, person: Person): readonly number[] {
    const { distinct } = behaviour;
    const times = new Map<string, number>();
    for (const row of rowsOf(behaviour, person)) {
      const value = distinct === null ? null : (row.values[distinct] ?? null);
      const name = value === null ? `event ${row.eventId}` : `value ${value}`;
      times.set(name, Math.min(row.at, times.get(name) ?? row.at));
    }
    return [...times.values()];
  }

  function behaves(behaviour: Behaviour, person: Person): boolean {
    const rows = rowsOf(behaviour, person);
    if (behaviour.count === null) return rows.length > 0;
    return compares(occurrences(rows, behaviour.distinct), behaviour.count.op, behaviour.count.times, "plain");
  }

  function aggregated(aggregate: Aggregate, person: Person): Value {
    const { property, type } = aggregate;
    const rows = rowsOf(aggregate, person);
    if (aggregate.function === "count of") return occurrences(rows, aggregate.distinct);
    const isTime = property === null || property === "at";
    const events = rows.map((row) => ({ ...row, value: isTime ? row.at : (row.values[property] ?? null) }));
    return aggregateOf(aggregate.function, events, { isFolded: aggregate.by === "text", scalar: type.scalar });
  }

  function funnelNamed(name: string): Funnel {
    const funnel = declared.funnels.find((candidate) => candidate.name === name);
    if (!funnel) throw new Error(`no funnel ${name}`);
    return funnel;
  }

  /** From 1; 0 where no stage holds. */
  function placeOf(name: string, { contactId }: Person): number {
    const { stages, isForwardOnly } = funnelNamed(name);
    const person = { contactId, enrollment: null };
    const places = stages.map(({ when }, index) => (when === null || isTrue(when, person) ? index + 1 : 0));
    const recorded = world.stages.filter(
      (row) => isForwardOnly && row.funnel === name && row.contactId === contactId && row.at <= now,
    );
    const reached = recorded.map((row) => stages.findIndex((stage) => stage.name === row.stage) + 1);
    return Math.max(0, ...places, ...reached);
  }

  function scoreOf(name: string, { contactId }: Person): number {
    const person = { contactId, enrollment: null };
    const score = declared.scores.find((candidate) => candidate.name === name);
    if (!score) throw new Error(`no score ${name}`);
    const given = score.rules.map((rule): bigint => {
      const points = BigInt(rule.points);
      if (rule.kind === "once") return isTrue(rule.when, person) ? points : 0n;
      const all = occurrencesOf(rule.of, person).map((at) =>
        halved(BigInt(Math.abs(rule.points)), now - at, score.halfLife),
      );
      const sum = all.reduce((total, each) => total + each, 0n);
      const limited = rule.cap !== null && sum > BigInt(rule.cap) ? BigInt(rule.cap) : sum;
      return points < 0n ? -limited : limited;
    });
    const total = given.reduce((sum, each) => sum + each, 0n);
    return total < 0n ? 0 : Number(total) / 1_000_000;
  }

  /** Of the project's own, or of the history of a field or of stages. */
  function eventsOf(name: string): readonly EventRow[] {
    const stage = /^stage (.+) (changed|standing)$/.exec(name);
    if (stage) return stageEvents(world, stage[1] ?? "", stage[2] === "standing");
    const [, field = "", kind] = /^(.+) (changed|recorded)$/.exec(name) ?? [];
    if (kind === undefined) return world.events.get(name) ?? [];
    const changes = world.changes.filter((row) => row.field === field);
    const rows = changes.map((row) => ({
      contactId: row.contactId,
      at: row.at,
      values: { old: row.old, new: row.new },
    }));
    const records = world.records.map((row) => ({ ...row, values: {} }));
    return [...rows, ...(kind === "recorded" ? records : [])].map((row, index) => ({
      ...row,
      eventId: `${name} ${index}`,
    }));
  }

  function isCutOff({ scope }: Selection): boolean {
    return scope === "wait" || (scope === "enrollment" && cuts === "enrollment");
  }

  /** Scoped mail events are found through the message, whoever the event names. */
  function isOwnMail(behaviour: Selection): boolean {
    const isMail = eventNamed(behaviour.event)?.isMail === true && behaviour.event !== "unsubscribed";
    return behaviour.scope !== "all" && isMail;
  }

  function isInScope(behaviour: Selection, row: EventRow, { enrollment }: Person): boolean {
    if (behaviour.scope === "all") return true;
    if (!enrollment) throw new Error("a contact has no events of an enrollment");
    const isWait = behaviour.scope === "wait";
    if (isCutOff(behaviour) && enrollment.waitUntil !== null && row.at > enrollment.waitUntil) return false;
    if (!isOwnMail(behaviour)) {
      const isStart = enrollment.startEvent === behaviour.event && enrollment.startEventId === row.eventId;
      return !isStart && row.at >= (isWait ? enrollment.waitFrom : enrollment.startedAt);
    }
    const sent = world.outbox.filter((mail) => mail.enrollmentId === enrollment.enrollmentId);
    if (!sent.some((mail) => mail.sendId === row.values.message)) return false;
    if (!isWait) return true;
    if (behaviour.email === null) return row.at >= enrollment.waitFrom;
    const [newest] = sent
      .filter((mail) => mail.email === behaviour.email)
      .sort((one, other) => other.plannedAt - one.plannedAt || (other.sendId > one.sendId ? 1 : -1));
    return newest?.sendId === row.values.message;
  }

  function dayIn(term: Term, person: Person, event: EventRow | null): string | null {
    const value = valueIn(term, person, event);
    return typeof value === "number" ? calendar.dayOf(value) : value === null ? null : String(value);
  }

  function valueIn(term: Term, person: Person, event: EventRow | null = null): Value {
    switch (term.kind) {
      case "field":
        return rowOf(person)?.[term.name] ?? null;
      case "company field": {
        const company = world.companies.find((candidate) => candidate.domain === rowOf(person)?.company);
        return company?.[term.name] ?? null;
      }
      case "start property": {
        const { startEvent, startEventId } = person.enrollment ?? { startEvent: null, startEventId: null };
        if (startEvent === null || !term.events.includes(startEvent)) return null;
        const row = world.events.get(startEvent)?.find((candidate) => candidate.eventId === startEventId);
        return row?.values[term.name] ?? null;
      }
      case "property":
        return event?.values[term.name] ?? null;
      case "occurred at":
        return event?.at ?? null;
      case "aggregate":
        return aggregated(term, person);
      case "first known": {
        const values = term.of.map((part) => valueIn(part, person, event));
        return values.find((value) => value !== null) ?? null;
      }
      case "chosen": {
        const arm = term.arms.find(({ when }) => isTrue(when, person));
        const literal = arm ? arm.value : term.otherwise;
        return literal && literalOf(literal);
      }
      case "anniversary": {
        const [day, from] = [dayIn(term.of, person, event), dayIn(term.from, person, event)];
        if (day === null || from === null) return null;
        return daysOfYears(day).find((one) => one >= from) ?? null;
      }
      case "stage": {
        const place = placeOf(term.name, person);
        if (place === 0) return null;
        return term.as === "place" ? place : (funnelNamed(term.name).stages[place - 1]?.name ?? null);
      }
      case "score":
        return scoreOf(term.name, person);
      case "literal":
        return literalOf(term.literal);
      case "moment":
        return term.as === "day" ? calendar.resolveDay(term.moment, now) : calendar.resolveInstant(term.moment, now);
    }
  }

  return { isTrue: (condition, person) => isTrue(condition, person), valueIn: (term, person) => valueIn(term, person) };
}

/** Every stage that came behind another one; or the last one of each person. */
function stageEvents({ stages, now }: World, funnel: string, isLast: boolean): readonly EventRow[] {
  const own = stages.filter((row) => row.funnel === funnel).toSorted((one, other) => one.at - other.at);
  return own.flatMap(({ contactId, stage, at }): readonly EventRow[] => {
    const others = own.filter((row) => row.contactId === contactId);
    const before = others.findLast((row) => row.at < at);
    const behind = others.find((row) => row.at > at && row.at <= now);
    const isMeant = isLast ? !behind && at <= now : before !== undefined;
    const values = isLast ? { new: stage } : { old: before?.stage ?? null, new: stage };
    return isMeant ? [{ contactId, at, eventId: String(at), values }] : [];
  });
}

function literalOf(literal: Literal): Value {
  return literal.kind === "instant" ? Date.parse(literal.value) : literal.value;
}

function compares(left: Value, op: Op, right: Value, by: Comparison): boolean {
  if (left === null || right === null) return false;
  const [one, other] = [comparable(left, by), comparable(right, by)];
  switch (op) {
    case "=":
      return one === other;
    case "<":
      return one < other;
    case "<=":
      return one <= other;
    case ">":
      return one > other;
    case ">=":
      return one >= other;
  }
}

/** Money is written with digits; no other plain text of the worlds looks like a number. */
function comparable(value: Exclude<Value, null>, by: Comparison): string | number | boolean {
  if (by === "text") return fold(String(value));
  if (by === "plain" && typeof value === "string" && /^[\d.]+$/.test(value)) return Number(value);
  return value;
}
