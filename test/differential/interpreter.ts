// Programs run the slow way: person by person, step by step, at every instant of a grid, as LANGUAGE.md tells it. Nothing is
// shared with the engine but the syntax tree.

import type { Expr } from "../../grammar/ast/expr.ts";
import type { Step } from "../../grammar/ast/program.ts";
import {
  type Enrollment,
  type Happening,
  holds,
  type Mail,
  order,
  type Person,
  type Scene,
  shifted,
} from "./conditions.ts";
import { Arms, firstOf, heldOut } from "./arms.ts";
import { type Asked, dropped, type Entering, isTimeAgain } from "./entry.ts";
import type { History } from "./history.ts";
import { areSkipped, decide, delaysMail, refusalOf, type Sending } from "./mails.ts";
import { type Course, courseOf, emailsIn, type Place } from "./places.ts";
import { change, dueAt, outcomes } from "./steps.ts";

interface Inside extends Enrollment {
  at: Place;
  arrivedAt: number;
  /** Since when it is the person's turn. */
  turnAt: number;
  /** When a mail that has to wait should have gone out; null: none has to. */
  owedAt: number | null;
  /** When it is the person's turn at the latest; null: a date that is unknown. */
  due: number | null;
}

/** The journal: `tick program person seq step email outcome reason`, in no particular order. */
export function interpret(history: History): readonly string[] {
  const run = new Run(history);
  for (const now of history.grid) run.tick(now);
  return run.journal;
}

/** Somebody inside who has come to a send. */
interface Coming extends Sending {
  readonly one: Inside;
}
type SendStep = Extract<Step, { kind: "send" }>;
type Act = () => void;
/** Where a step leads, and what it does when all have taken theirs; null: the person waits. */
type Move = { readonly to: Place | null; readonly act?: Act } | { readonly left: true } | null;

class Run {
  readonly history: History;
  readonly journal: string[] = [];
  private readonly courses: readonly Course[];
  readonly happenings: Happening[];
  private readonly arms = new Arms();
  readonly enrollments: Inside[] = [];
  /** Mails that were promised. */
  readonly mails: Mail[] = [];
  /** Mails that a check kept from being promised. */
  readonly heldBack: Pick<Mail, "enrollment" | "email">[] = [];
  /** Whether an edge was true when it was last looked at, by program, branch and person. */
  private readonly edges = new Map<string, boolean>();
  private continuing: { readonly to: string; readonly person: Person }[] = [];
  now: number;
  last: number;

  constructor(history: History) {
    this.history = history;
    this.courses = history.programs.map(courseOf);
    this.happenings = [...history.happenings].sort((one, other) => one.at - other.at || order(one.id, other.id));
    this.now = history.appliedAt;
    this.last = history.appliedAt - 1;
    // Who is true when a trigger is first applied must turn false before, unless present members are enrolled.
    for (const course of this.courses)
      for (const [key, when, person] of this.edgesOf(course))
        this.edges.set(key, !course.isPresent && this.isTrue(when, person));
  }

  /** Facts, then exits and goals, then starts, then steps, repeated until nothing is due; then the mails go out. */
  tick(now: number): void {
    this.now = now;
    for (let isFirst = true; ; isFirst = false) {
      for (const one of this.enrollments) this.judge(one);
      const started = this.courses.flatMap((course) => this.start(course, isFirst));
      this.continuing = [];
      for (const one of started) this.judgeStart(one);
      for (const won of isFirst ? this.arms.decide(this) : [])
        this.say({ program: won.program, person: "" }, 0, won.step, null, "won", won.words);
      const acts: Act[] = [];
      const hasMoved = this.moveAll(acts);
      for (const act of acts) act();
      if (!hasMoved) break;
    }
    for (const mail of this.mails.filter(({ state }) => state === "planned")) this.handOver(mail);
    this.last = now;
  }

  private say(
    of: { readonly program: string; readonly person: string },
    seq: number,
    ...words: (string | null)[]
  ): void {
    const tick = new Date(this.now).toISOString().slice(0, 16);
    this.journal.push([tick, of.program, of.person, seq, ...words.map((word) => word ?? "-")].join(" | "));
  }

  readonly personOf = (key: string): Person => {
    const person = this.history.people.find((one) => one.key === key);
    if (!person) throw new Error(`nobody is ${key}`);
    return person;
  };

  private sceneOf(person: Person, enrollment: Enrollment | null): Scene {
    const { happenings, enrollments, mails, now } = this;
    return { now, person, happenings, enrollments, mails, segments: this.history.segments, enrollment };
  }

  readonly isTrue = (when: Expr, person: Person): boolean => holds(when, this.sceneOf(person, null));

  private edgesOf({ name, edges }: Course): readonly (readonly [key: string, when: Expr, person: Person])[] {
    return edges.flatMap((when, index) =>
      this.history.people.map((person) => [`${name} ${index} ${person.key}`, when, person] as const),
    );
  }

  private courseOf(one: Enrollment): Course {
    const course = this.courses.find(({ name }) => name === one.program);
    if (!course) throw new Error(`no program ${one.program}`);
    return course;
  }

  private leave(one: Inside, reason: string, step: string | null = null): void {
    this.say(one, ++one.seq, step, null, "left", reason);
    one.left = reason;
  }

  /** Exit and goal of who is inside, and the goal of who has left while its time is not over. */
  private judge(one: Inside): void {
    const { exits, goal } = this.courseOf(one);
    const scene = this.sceneOf(this.personOf(one.person), one);
    const isInside = one.left === null;
    const { goalUntil } = one;
    const isLooked = goalUntil === null ? isInside : goalUntil >= this.last || (isInside && goalUntil >= this.now);
    const cut = goalUntil === null ? {} : { cut: goalUntil };
    const mayReach = goal !== null && one.goalAt === null && one.left !== "goal already reached" && isLooked;
    const isReached = mayReach && holds(goal.when, { ...scene, ...cut });
    const isExit = isInside && exits.some((when) => holds(when, scene));
    if (isReached) {
      one.goalAt = this.now;
      this.say(one, ++one.seq, null, null, "goal", isInside ? null : "after leaving");
    }
    if (isExit || (isReached && isInside)) this.leave(one, isExit ? "exit" : "goal");
  }

  /** A goal that was true at the start ends the enrollment uncounted. */
  private judgeStart(one: Inside): void {
    const { exits, goal } = this.courseOf(one);
    const scene = this.sceneOf(this.personOf(one.person), one);
    const isReached = goal !== null && holds(goal.when, { ...scene, cut: one.startedAt });
    if (isReached) this.leave(one, exits.some((when) => holds(when, scene)) ? "exit" : "goal already reached");
    else this.judge(one);
  }

  private start(course: Course, isFirst: boolean): readonly Inside[] {
    const asked = this.askedFor(course, isFirst);
    asked.sort(
      (one, other) =>
        (one.event?.at ?? this.now) - (other.event?.at ?? this.now) || order(one.event?.id, other.event?.id),
    );
    const earlier = this.enrollments.filter(({ program }) => program === course.name);
    const entered = new Set<string>();
    return asked.flatMap(({ person, event, isContinued }) => {
      const key = course.enter.kind === "enter once" && course.enter.per ? (event?.plan ?? "") : "";
      const before = earlier.filter((one) => one.person === person.key && one.key === key);
      const at = event?.at ?? this.now;
      const reason =
        dropped(course, { person, event, isContinued, at, before }, this) ??
        (entered.has(`${person.key} ${key}`) ? "already inside" : null);
      if (reason !== null) {
        this.say({ program: course.name, person: person.key }, 0, null, null, "dropped", reason);
        return [];
      }
      entered.add(`${person.key} ${key}`);
      return [this.enter(course, { person, event, at, key })];
    });
  }

  private askedFor(course: Course, isFirst: boolean): Asked[] {
    const asked: Asked[] = [];
    for (const { to, person } of this.continuing)
      if (to === course.name && !asked.some((one) => one.person === person))
        asked.push({ person, event: null, isContinued: true });
    for (const person of this.history.people) {
      const fresh = this.happenings.filter(
        (event) =>
          event.person === person.key &&
          event.at > this.last &&
          event.at <= this.now &&
          event.at >= this.history.appliedAt,
      );
      const isStart = (event: Happening) =>
        course.events.some(({ name, rest }) => name === event.name && (!rest || this.isTrue(rest, person)));
      if (isFirst) asked.push(...fresh.filter(isStart).map((event) => ({ person, event, isContinued: false })));
      const turned = this.edgesOf(course).filter(([key, when, of]) => {
        if (of !== person) return false;
        const isTrue = this.isTrue(when, person);
        const wasTrue = this.edges.get(key) === true;
        this.edges.set(key, isTrue);
        return isTrue && (!wasTrue || (isFirst && isTimeAgain(course, person, this)));
      });
      if (turned.length > 0) asked.push({ person, event: null, isContinued: false });
    }
    return asked;
  }

  private enter(
    course: Course,
    { person, event, at, key }: Pick<Entering, "person" | "event" | "at"> & { readonly key: string },
  ): Inside {
    const one: Inside = {
      program: course.name,
      person: person.key,
      startedAt: at,
      startEvent: event,
      key,
      goalUntil: course.goal?.within ? shifted(at, course.goal.within) : null,
      seq: 1,
      waitFrom: at,
      goalAt: null,
      left: null,
      at: course.first,
      arrivedAt: this.now,
      turnAt: this.now,
      due: null,
      owedAt: null,
    };
    this.say(one, 1, null, null, "started", event?.name ?? null);
    this.enrollments.push(one);
    this.arrive(one, firstOf(course, person.key));
    return one;
  }

  private arrive(one: Inside, place: Place): void {
    one.at = place;
    one.arrivedAt = this.now;
    one.due = place.step === heldOut ? one.goalUntil : dueAt(place.step, this.now, this.personOf(one.person));
  }

  /** Everybody walks up to a send, all sends are decided, and so on; where mail may be delayed, nobody comes to two. */
  private moveAll(acts: Act[]): boolean {
    let hasMoved = false;
    let walking = this.enrollments.filter(({ left }) => left === null);
    for (const one of walking) one.turnAt = Math.max(one.arrivedAt, Math.min(one.due ?? this.now, this.now));
    for (let isFirst = true; walking.length > 0; isFirst = false) {
      const sending: Coming[] = [];
      const maySend = isFirst || !delaysMail(this.history.policies);
      for (const one of walking) hasMoved = this.walk(one, acts, maySend ? sending : null) || hasMoved;
      walking = this.decide(sending);
    }
    return hasMoved;
  }

  /** Who may go on behind a send. */
  private decide(sending: readonly Coming[]): Inside[] {
    const decided = decide(sending, this);
    return decided.flatMap(({ send, refusal, until, by }) => {
      const { one, email, visit } = send;
      const { name, next } = one.at;
      const delayed = until !== null;
      this.say(one, ++one.seq, name, email, delayed ? "delayed" : refusal === null ? "send" : "skipped", by ?? refusal);
      one.owedAt = delayed ? send.owedAt : null;
      if (delayed) {
        one.due = until;
        return [];
      }
      one.waitFrom = this.now;
      if (refusal) this.heldBack.push({ enrollment: one, email });
      else this.mails.push({ enrollment: one, email, step: name, visit, state: "planned", at: this.now });
      if (next === null) this.leave(one, "finished");
      else this.arrive(one, next);
      return next === null || this.isResting(one) ? [] : [one];
    });
  }

  /** Walks on until the person waits, sends, leaves, or has done something that conditions may read; says whether she moved. */
  private walk(one: Inside, acts: Act[], sending: Coming[] | null): boolean {
    for (let hasMoved = false; ; hasMoved = true) {
      const { step } = one.at;
      if (step.kind === "send") return this.comeToSend(one, step, sending) || hasMoved;
      const move = this.take(one, step);
      if (move === null) return hasMoved;
      if ("left" in move) return true;
      if (move.act) acts.push(move.act);
      if (move.to === null) this.leave(one, "finished");
      else this.arrive(one, move.to);
      if (move.to === null || move.act || this.isResting(one)) return true;
    }
  }

  /** Whether the person has come to a wait that is looked at in a round of its own, though it may be over at once. */
  private isResting({ at: { step }, waitFrom }: Inside): boolean {
    return step.kind === "wait until" || (step.kind === "wait up to" && waitFrom === this.now);
  }

  private comeToSend(one: Inside, step: SendStep, sending: Coming[] | null): boolean {
    if ((one.due ?? this.now) > this.now) return false;
    const person = this.personOf(one.person);
    const visit = 1 + this.mails.filter((mail) => mail.enrollment === one && mail.step === one.at.name).length;
    const isWanted = !step.onlyIf || holds(step.onlyIf, this.sceneOf(person, one));
    sending?.push({
      one,
      person,
      email: step.email.text,
      step: one.at.name,
      visit,
      isWanted,
      owedAt: one.owedAt ?? one.turnAt,
    });
    return true;
  }

  private take(one: Inside, step: Step): Move {
    const { name, next, blocks } = one.at;
    const person = this.personOf(one.person);
    const scene = this.sceneOf(person, one);
    const isDue = one.due !== null && one.due <= this.now;
    const note = (outcome: string, reason: string | null = null, email: string | null = null) =>
      this.say(one, ++one.seq, name, email, outcome, reason);
    const acting = (outcome: string, act: Act): Move => {
      note(outcome);
      return { to: next, act };
    };
    const into = (index: number): Move => ({ to: blocks[index] === undefined ? next : blocks[index] });
    const left = (reason: string): Move => {
      this.leave(one, reason, name);
      return { left: true };
    };
    switch (step.kind) {
      case "wait":
      case "wait until":
        if (one.due === null) return left("no date");
        if (!isDue) return null;
        note("waited");
        return { to: next };
      case "wait up to":
        if (areSkipped(one, emailsIn(step.until), this)) {
          note("passed", "its mail was skipped");
          return { to: next };
        }
        if (holds(step.until, { ...scene, waitUntil: one.due ?? this.now })) {
          note("came");
          return into(0);
        }
        if (!isDue) return null;
        note("timed out");
        return into(1);
      case "if": {
        const index = step.branches.findIndex(({ when }) => holds(when, scene));
        note("chose", index < 0 ? "otherwise" : `branch ${index + 1}`);
        return into(index < 0 ? step.branches.length : index);
      }
      case "split":
      case "experiment": {
        const index = this.arms.choose(step, one.at, one, this.now);
        note("chose", `arm ${step.arms[index]?.name?.text ?? index + 1}`);
        return into(index);
      }
      case "go to":
        note("went");
        return { to: this.courseOf(one).labels.get(step.target.text) ?? null };
      case "stop":
        if (step === heldOut) return isDue ? left("held out") : null;
        return left("stopped");
      case "continue in":
        this.continuing.push({ to: step.program.text, person });
        return left(`continued in ${step.program.text}`);
      default:
        return acting(outcomes[step.kind] ?? "", () => change(person, step));
    }
  }

  private handOver(mail: Mail): void {
    const { enrollment, email, step } = mail;
    const hasLeft = enrollment.left === "exit" || enrollment.left === "goal";
    const refusal =
      refusalOf(this.personOf(enrollment.person), email, this) ?? (hasLeft ? "left before it was sent" : null);
    mail.state = refusal === null ? "sent" : "skipped";
    if (refusal !== null) {
      this.say(enrollment, 0, step, email, "skipped", refusal);
      return;
    }
    const { person } = enrollment;
    const happen = (name: string, at: number) =>
      this.happenings.push({ name, person, at, id: `${name} ${this.happenings.length}`, email, mail });
    happen("sent", this.now);
    happen("received", this.now);
    const delay = this.history.opensAfter(person, email);
    if (delay !== null) happen("opened", this.now + delay);
  }
}
