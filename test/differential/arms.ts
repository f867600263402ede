// Arms and hold-outs, drawn once for all, and experiments that end: rules 20, 21 and 35.

import { createHash } from "node:crypto";
import type { Step } from "../../grammar/ast/program.ts";
import { type Enrollment, type Happening, type Mail, shifted } from "./conditions.ts";
import type { Course, Place } from "./places.ts";

const digits = 13;

/** Whether somebody is among the first so many percent. The seed is the project's name. */
export function isDrawn(salt: string, person: string, percent: number): boolean {
  const hash = createHash("md5").update(`acme:${salt}:${person}`).digest("hex").slice(0, digits);
  return Number.parseInt(hash, 16) < Math.round((percent / 100) * 16 ** digits);
}

/** Where who is held out rests until the goal's time is over. */
export const heldOut: Step = {
  kind: "stop",
  label: null,
  span: { file: "", start: 0, end: 0 },
};

/** Where somebody begins. */
export function firstOf({ name, first, holdOut }: Course, person: string): Place {
  if (holdOut === null || !isDrawn(`${name}:held out`, person, holdOut)) return first;
  return { step: heldOut, name: "held out", next: null, blocks: [], inside: [] };
}

type Divided = Extract<Step, { kind: "split" | "experiment" }>;

interface Chosen {
  readonly enrollment: Enrollment;
  readonly arm: number;
}

/** An experiment that people have come to. */
interface Contest {
  readonly program: string;
  readonly place: Place;
  readonly step: Extract<Step, { kind: "experiment" }>;
  readonly firstAt: number;
  readonly chosen: Chosen[];
  winner: number | null;
}

/** An arm in numbers: what `needs` counts, who got it, and who of them did what decides. */
interface Rate {
  readonly arm: number;
  readonly count: number;
  readonly people: number;
  readonly did: number;
}

interface Facts {
  readonly now: number;
  readonly mails: readonly Mail[];
  readonly happenings: readonly Happening[];
}

export class Arms {
  private readonly contests = new Map<string, Contest>();

  /** The arm that somebody takes, from 0. */
  choose(step: Divided, place: Place, one: Enrollment, now: number): number {
    const salt = `${one.program}:${place.name}`;
    const upTo = (index: number) => step.arms.slice(0, index + 1).reduce((sum, arm) => sum + arm.share.value, 0);
    const found = step.arms.findIndex((_, index) => isDrawn(salt, one.person, upTo(index)));
    const drawn = found < 0 ? step.arms.length - 1 : found;
    if (step.kind === "split" || !step.winner) return drawn;
    const contest = this.contests.get(salt) ?? {
      program: one.program,
      place,
      step,
      firstAt: now,
      chosen: [],
      winner: null,
    };
    this.contests.set(salt, contest);
    const arm = contest.winner ?? drawn;
    contest.chosen.push({ enrollment: one, arm });
    return arm;
  }

  /** Looks at each experiment whose time has come. @returns the step and the words of each that has its winner now */
  decide(facts: Facts): readonly { readonly program: string; readonly step: string; readonly words: string }[] {
    return [...this.contests.values()].flatMap((contest) => {
      const { program, place, step, firstAt } = contest;
      if (contest.winner !== null || !step.winner || shifted(firstAt, step.winner.after) > facts.now) return [];
      const { by, needs } = step.winner;
      const rates = ratesOf(contest, facts);
      const [first] = rates;
      if (!first || rates.some(({ count }) => count < needs.value)) return [];
      const rate = ({ did, people }: Rate) => (people === 0 ? 0 : did / people);
      const best = rates.reduce((leading, one) => (rate(one) > rate(leading) ? one : leading), first);
      contest.winner = best.arm;
      const nameOf = (arm: number) => step.arms[arm]?.name?.text ?? "";
      const all = rates.map((one) => `${nameOf(one.arm)} ${one.did} of ${one.people}`).join(", ");
      return [{ program, step: place.name, words: `arm ${nameOf(best.arm)} by ${by} rate: ${all}` }];
    });
  }
}

const people = (of: readonly Enrollment[]): number => new Set(of.map(({ person }) => person)).size;

function ratesOf({ step, place, chosen }: Contest, { now, mails, happenings }: Facts): readonly Rate[] {
  return step.arms.flatMap((_, arm): readonly Rate[] => {
    const own = chosen.filter((one) => one.arm === arm).map(({ enrollment }) => enrollment);
    if (step.winner?.by === "goal") {
      const count = people(own);
      return [{ arm, count, people: count, did: people(own.filter(({ goalAt }) => goalAt !== null && goalAt <= now)) }];
    }
    const sends = place.inside[arm] ?? [];
    if (sends.length === 0) return [];
    const sent = mails.filter(
      (mail) => mail.state === "sent" && own.includes(mail.enrollment) && sends.includes(mail.step),
    );
    const isOpened = (mail: Mail) => happenings.some((of) => of.name === "opened" && of.mail === mail && of.at <= now);
    const [all, opened] = [sent, sent.filter(isOpened)].map((of) => people(of.map(({ enrollment }) => enrollment)));
    return [{ arm, count: sent.length, people: all ?? 0, did: opened ?? 0 }];
  });
}
