// Whether a condition holds for one person at one instant: rules 1, 6, 7, 9 and 16 read aloud, one event at a time.

import { DateTime } from "luxon";
import type { Behaviour, Check, Duration, Expr, Value, Window } from "../../grammar/ast/expr.ts";

export const zone = "Europe/Berlin";

/** Something that happened to somebody. */
export interface Happening {
  readonly name: string;
  readonly person: string;
  readonly at: number;
  readonly id: string;
  readonly plan?: string;
  /** Of events of mails. */
  readonly email?: string;
  readonly mail?: Mail;
}

export interface Mail {
  readonly enrollment: Enrollment;
  readonly email: string;
  readonly step: string;
  /** How often the person had come to the step then. */
  readonly visit: number;
  /** When it was promised, which is when it goes out. */
  readonly at: number;
  state: "planned" | "sent" | "skipped";
}

export interface Enrollment {
  readonly program: string;
  readonly person: string;
  readonly startedAt: number;
  readonly startEvent: Happening | null;
  readonly key: string;
  readonly goalUntil: number | null;
  seq: number;
  /** When the person came to the last send. */
  waitFrom: number;
  goalAt: number | null;
  left: string | null;
}

export interface Person {
  readonly key: string;
  readonly fields: Record<string, number | string | null>;
  readonly lists: Set<string>;
  /** People may share one. */
  readonly address: Address | null;
}

/** What refusals and suppressions belong to. */
export interface Address {
  /** What was said of topics. */
  readonly topics: Map<string, boolean>;
  isSuppressed: boolean;
}

export interface Scene {
  readonly now: number;
  readonly person: Person;
  readonly happenings: readonly Happening[];
  readonly enrollments: readonly Enrollment[];
  readonly mails: readonly Mail[];
  readonly segments: ReadonlyMap<string, Expr>;
  /** null: outside programs. */
  readonly enrollment: Enrollment | null;
  /** Of a wait up to: events count up to here, mails from the last one of their kind, others from the last send. */
  readonly waitUntil?: number;
  /** Events of this enrollment count up to here. */
  readonly cut?: number;
}

export function shifted(at: number, { amount, unit }: Pick<Duration, "amount" | "unit">, sign = 1): number {
  const names = { min: "minutes", h: "hours", d: "days", w: "weeks", mo: "months", y: "years" } as const;
  return DateTime.fromMillis(at, { zone })
    .plus({ [names[unit]]: sign * amount })
    .toMillis();
}

/** What somebody's address has said of a topic; undefined: nothing. */
export const wordOn = ({ address }: Person, topic: string): boolean | undefined => address?.topics.get(topic);

export function holds(expr: Expr, scene: Scene): boolean {
  switch (expr.kind) {
    case "and":
      return expr.terms.every((term) => holds(term, scene));
    case "or":
      return expr.terms.some((term) => holds(term, scene));
    case "not":
      return !holds(expr.term, scene);
    case "group":
      return holds(expr.inner, scene);
    case "member": {
      const where = scene.segments.get(expr.name.text);
      // What a segment says, it says outside of programs.
      return where ? holds(where, { ...scene, enrollment: null }) : scene.person.lists.has(expr.name.text);
    }
    case "subscribed to":
      // `tips` may be mailed until refused, `news` only after consent.
      return scene.person.address !== null && (wordOn(scene.person, expr.topic.text) ?? expr.topic.text === "tips");
    case "unsubscribed from":
      return wordOn(scene.person, expr.topic.text) === false;
    case "in program":
      return scene.enrollments.some(
        ({ program, person, left }) => program === expr.name.text && person === scene.person.key && left === null,
      );
    case "checked":
      if (expr.operand.kind === "path") return checks(scene.enrollment?.startEvent?.plan ?? null, expr.check, scene);
      if (expr.operand.kind !== "field") throw new Error(`no ${expr.operand.kind} here`);
      return checks(scene.person.fields[expr.operand.name.text] ?? null, expr.check, scene);
    case "behaviour":
      return happened(expr, scene);
    default:
      throw new Error(`no ${expr.kind} here`);
  }
}

function plain(value: Value): number | string {
  if (value.kind === "number") return value.value;
  if (value.kind === "name") return value.text;
  throw new Error(`no ${value.kind} here`);
}

function checks(has: number | string | null, check: Check, { now }: Scene): boolean {
  if (check.kind === "is known") return (has !== null) !== check.negated;
  if (check.kind === "is unknown") return (has === null) !== check.negated;
  if (has === null) return (check.kind === "is" || check.kind === "one of") && check.negated;
  switch (check.kind) {
    case "is":
      return (has === plain(check.value)) !== check.negated;
    case "one of":
      return check.values.map(plain).includes(has) !== check.negated;
    case "before":
      if (check.bound.kind !== "relative") throw new Error("only `ago` here");
      return Number(has) < shifted(now, check.bound.duration, -1);
    case "compare": {
      const value = plain(check.value);
      return {
        "=": has === value,
        "!=": has !== value,
        "<": has < value,
        "<=": has <= value,
        ">": has > value,
        ">=": has >= value,
      }[check.op];
    }
    default:
      throw new Error(`no ${check.kind} here`);
  }
}

const ofMails = new Set(["sent", "received", "opened", "clicked"]);

/** Events that the writer means without saying so: inside a program its own mails, and what came since the start. */
function isMeant(event: Happening, { enrollment, waitUntil, cut, mails }: Scene): boolean {
  if (!enrollment) return true;
  if (cut !== undefined && event.at > cut) return false;
  const { mail } = event;
  if (ofMails.has(event.name)) {
    if (mail?.enrollment !== enrollment) return false;
    return waitUntil === undefined || (event.at <= waitUntil && mail === lastOf(enrollment, mail.email, mails));
  }
  if (event === enrollment.startEvent || event.at < enrollment.startedAt) return false;
  return waitUntil === undefined || (event.at >= enrollment.waitFrom && event.at <= waitUntil);
}

/** The last mail of a kind that an enrollment sent. */
const lastOf = (enrollment: Enrollment, email: string, mails: readonly Mail[]): Mail | undefined =>
  mails.filter((mail) => mail.enrollment === enrollment && mail.email === email).at(-1);

function happened(expr: Behaviour, scene: Scene): boolean {
  const { term, count, window, follows } = expr;
  if (follows.length > 0) throw new Error("no chains here");
  const name = term.event.text;
  // A bare date or time with `before` reads like an event.
  if (window?.kind === "before" && name in scene.person.fields) {
    return checks(scene.person.fields[name] ?? null, { kind: "before", bound: window.bound, span: window.span }, scene);
  }
  const found = scene.happenings.filter(
    (event) =>
      event.name === name &&
      event.person === scene.person.key &&
      event.at <= scene.now &&
      (term.email === null || event.email === term.email.text) &&
      (window ? isWithin(event.at, window, scene.now) : isMeant(event, scene)),
  );
  const times = new Set(found.map(({ mail, id }) => mail ?? id)).size;
  if (!count) return times > 0;
  const { op, times: n } = count;
  return {
    "at least": times >= n,
    "at most": times <= n,
    exactly: times === n,
    "more than": times > n,
    "fewer than": times < n,
  }[op];
}

function isWithin(at: number, window: Window, now: number): boolean {
  if (window.kind === "ever") return true;
  if (window.kind === "in duration") return at >= shifted(now, window.duration, -1);
  throw new Error(`no ${window.kind} here`);
}

export const order = (one = "", other = ""): number => (one < other ? -1 : one > other ? 1 : 0);
