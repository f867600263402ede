// A program's heads and steps as the interpreter reads them, with the names that the journal gives to steps.

import type { Behaviour, Expr } from "../../grammar/ast/expr.ts";
import type { Head, Program, Step } from "../../grammar/ast/program.ts";

/** A step with what comes behind it; null: the end. */
export interface Place {
  readonly step: Step;
  readonly name: string;
  readonly next: Place | null;
  /** First places of the blocks, in the order written; undefined where there is no such block. */
  readonly blocks: readonly (Place | null | undefined)[];
  /** Names of the sends in each block. */
  readonly inside: readonly (readonly string[])[];
}

export interface Course {
  readonly name: string;
  readonly segment: string | null;
  readonly first: Place;
  /** Places with a label. */
  readonly labels: ReadonlyMap<string, Place>;
  readonly exits: readonly Expr[];
  readonly goal: Extract<Head, { kind: "goal" }> | null;
  /** In percent. */
  readonly holdOut: number | null;
  readonly onlyIf: Expr | null;
  readonly enter: Extract<Head, { kind: "enter once" | "enter again" | "enter every time" }>;
  /** Branches of `start when` that ask for every occurrence of an event. */
  readonly events: readonly { readonly name: string; readonly rest: Expr | null }[];
  /** All other branches. */
  readonly edges: readonly Expr[];
  /** Whether present members are enrolled too. */
  readonly isPresent: boolean;
}

const isStep = (part: Head | Step): part is Step => "label" in part;
/** The event that a branch names, where it asks for every occurrence of one. */
const eventIn = (terms: readonly Expr[]): Behaviour | undefined =>
  terms.filter((term) => term.kind === "behaviour").find((term) => isBare(term));
const isBare = (term: Behaviour): boolean =>
  !term.count && !term.window && ["signed_up", "purchased"].includes(term.term.event.text);

export function courseOf({ parts, segment, name, span }: Program): Course {
  const heads = parts.filter((part): part is Head => !isStep(part));
  const head = <K extends Head["kind"]>(...kinds: readonly K[]) =>
    heads.filter((one): one is Extract<Head, { kind: K }> => (kinds as readonly string[]).includes(one.kind));
  const branches = head("start when").flatMap(({ when }) => (when.kind === "or" ? when.terms : [when]));
  const events = branches.flatMap((branch) => {
    const terms = branch.kind === "and" ? branch.terms : [branch];
    const event = eventIn(terms);
    if (!event) return [];
    const rest = terms.filter((term) => term !== event);
    return [
      {
        branch,
        name: event.term.event.text,
        rest: rest.length === 0 ? null : ({ kind: "and", terms: rest, span } as const),
      },
    ];
  });
  const isPresent = segment !== null && branches.length === 0;
  const labels = new Map<string, Place>();
  const first = placed(parts.filter(isStep), labels);
  if (!first) throw new Error("a program without steps");
  return {
    name: name.text,
    segment: segment?.text ?? null,
    first,
    labels,
    exits: heads.flatMap((one) => (one.kind === "exit when" ? [one.when] : [])),
    goal: head("goal")[0] ?? null,
    holdOut: head("hold out")[0]?.share.value ?? null,
    onlyIf: heads.flatMap((one) => (one.kind === "only if" ? [one.when] : []))[0] ?? null,
    enter: head("enter once", "enter again", "enter every time")[0] ?? { kind: "enter once", per: null, span },
    events,
    edges: [
      ...branches.filter((branch) => !events.some((event) => event.branch === branch)),
      ...(isPresent ? [{ kind: "member", name: segment, args: null, span } as const] : []),
    ],
    isPresent,
  };
}

/** Names count from the first step to the last, places are linked from the last to the first. */
function placed(steps: readonly Step[], labels: Map<string, Place>): Place | null {
  const counts = new Map<string, number>();
  const names = new Map<Step, string>();
  const name = (list: readonly Step[]) => {
    for (const step of list) {
      const kind = [step.kind.replace(/^set .*/, "set"), targetOf(step)].filter((word) => word !== null).join(":");
      const ordinal = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, ordinal);
      names.set(step, step.label?.text ?? `${kind}:${ordinal}`);
      for (const block of blocksOf(step)) name(block ?? []);
    }
  };
  const chain = (list: readonly Step[], behind: Place | null): Place | null =>
    list.reduceRight<Place | null>((next, step) => {
      const blocks = blocksOf(step).map((block) => (block ? chain(block, next) : undefined));
      const inside = blocksOf(step).map((block) => sendsIn(block ?? []).map((send) => names.get(send) ?? ""));
      const place = { step, name: names.get(step) ?? "", next, blocks, inside };
      if (step.label) labels.set(step.label.text, place);
      return place;
    }, behind);
  name(steps);
  return chain(steps, null);
}

const sendsIn = (steps: readonly Step[]): readonly Step[] =>
  steps.flatMap((step) => (step.kind === "send" ? [step] : blocksOf(step).flatMap((block) => sendsIn(block ?? []))));

function blocksOf(step: Step): readonly (readonly Step[] | null)[] {
  if (step.kind === "if") return [...step.branches.map(({ then }) => then.steps), step.otherwise?.steps ?? null];
  if (step.kind === "split" || step.kind === "experiment") return step.arms.map(({ block }) => block.steps);
  return step.kind === "wait up to" ? [step.then?.steps ?? null, step.otherwise?.steps ?? null] : [];
}

/** What a step is about, as its name says it. */
function targetOf(step: Step): string | null {
  switch (step.kind) {
    case "send":
      return step.email.text;
    case "wait":
      return `${step.duration.amount}${step.duration.unit}`;
    case "experiment":
      return step.name.text;
    case "set":
      return step.assign.name.text;
    case "set add":
      return step.name.text;
    case "add to":
    case "remove from":
      return step.list.text;
    case "subscribe to":
    case "unsubscribe from":
      return step.topic.text;
    case "go to":
      return step.target.text;
    case "continue in":
      return step.program.text;
    case "wait until": {
      const { until } = step;
      if (until.kind === "date") return until.date.name.text;
      if (until.kind === "weekday") return until.weekday.text;
      if (until.kind === "moment") return until.at.value;
      const { hour, minute } = until.time.clock;
      return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
    }
    default:
      return null;
  }
}

/** The emails of which a condition asks for this enrollment's own mails. */
export function emailsIn(expr: Expr): readonly string[] {
  if (expr.kind === "behaviour") return expr.term.email && !expr.window ? [expr.term.email.text] : [];
  if (expr.kind === "and" || expr.kind === "or") return expr.terms.flatMap(emailsIn);
  return expr.kind === "not" ? emailsIn(expr.term) : expr.kind === "group" ? emailsIn(expr.inner) : [];
}
