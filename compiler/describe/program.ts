// Programs as what a person meets on the way through, in plain English.

import type { Expr } from "../../grammar/ast/expr.ts";
import type { Block, Head, Program, Step } from "../../grammar/ast/program.ts";
import type { Node } from "../../grammar/span.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import type { Scope } from "../scope.ts";
import { type Naming, personClause } from "./condition.ts";
import { distinct, type Reference, usesOf } from "./uses.ts";
import { lengthWords, valueWords } from "./words.ts";

/** A head clause as a label and a sentence. */
export interface Term {
  readonly label: string;
  readonly text: string;
}
export interface FlowBranch {
  readonly label: string;
  readonly steps: readonly FlowStep[];
}
/** What a person meets; after its branches, if it has any, everybody who did not leave goes on at the next. */
export interface FlowStep {
  readonly kind: "send" | "wait" | "choose" | "act" | "end";
  readonly text: string;
  /** Where the step leads or what it uses: the mail that is sent, the program that is continued in. */
  readonly link: Reference | null;
  readonly branches: readonly FlowBranch[];
}

export interface Teller {
  readonly scope: Scope;
  readonly naming: Naming;
}

const isStep = (part: Head | Step): part is Step => "label" in part;

export function headTerms(teller: Teller, { parts }: Program): readonly Term[] {
  return parts.filter((part): part is Head => !isStep(part)).flatMap((head) => headTerm(teller, head) ?? []);
}

function headTerm(teller: Teller, node: Head): Term | null {
  const said = (condition: Expr) => personClause(teller.naming, condition);
  switch (node.kind) {
    case "why":
    case "owner":
      return null;
    case "start when":
      return { label: "Starts", text: `when ${said(node.when)}` };
    case "only if":
      return { label: "Only if", text: said(node.when) };
    case "exit when":
      return { label: "Leaves", text: `when ${said(node.when)}` };
    case "goal": {
      const within = node.within ? ` within ${lengthWords(node.within)}` : "";
      const target = node.target ? `; the target is ${valueWords(node.target)}` : "";
      return { label: "Goal", text: `${said(node.when)}${within}${target}` };
    }
    case "enter once":
      return { label: "Enters", text: node.per ? `once for each ${node.per.text}` : "once" };
    case "enter again":
      return { label: "Enters", text: `again after ${lengthWords(node.after)}` };
    case "enter every time":
      return { label: "Enters", text: "every time" };
    default:
      return { label: "Also", text: asWritten(teller.scope, node) };
  }
}

/** The source on one line. */
export const asWritten = (scope: Scope, { span }: Node): string => scope.text(span).replaceAll(/\s+/g, " ");

const upperFirst = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

export function flowOf(teller: Teller, { parts }: Program): readonly FlowStep[] {
  return parts.filter(isStep).map((step) => flowStep(teller, step));
}

function stepOf(node: Step, kind: FlowStep["kind"], text: string, more: Partial<FlowStep> = {}): FlowStep {
  const label = node.label ? ` (${node.label.text})` : "";
  return { kind, text: `${text}${label}`, link: null, branches: [], ...more };
}

function flowStep(teller: Teller, node: Step): FlowStep {
  const written = () => upperFirst(asWritten(teller.scope, node)).replace(/ as \w+$/, "");
  switch (node.kind) {
    case "send": {
      const onlyIf = node.onlyIf ? `, only if ${personClause(teller.naming, node.onlyIf)}` : "";
      const variant = node.variant ? `, variant ${node.variant.text}` : "";
      const to = node.to ? ` to ${node.to.text}` : "";
      const text = `Send ${node.email.text}${variant}${to}${onlyIf}`;
      return stepOf(node, "send", text, { link: { kind: "email", name: node.email.text } });
    }
    case "wait":
      return stepOf(node, "wait", `Wait ${lengthWords(node.duration)}`);
    case "wait until":
      return stepOf(node, "wait", written());
    case "wait up to":
    case "if":
    case "split":
    case "experiment":
      return forkOf(teller, node);
    case "stop":
      return stepOf(node, "end", "Leave the program");
    case "continue in": {
      const { text: name } = node.program;
      return stepOf(node, "end", `Continue in ${name}`, { link: { kind: "program", name } });
    }
    case "go to":
      return stepOf(node, "end", `Go to ${node.target.text}`);
    default:
      return stepOf(node, "act", written());
  }
}

type Fork = Extract<Step, { readonly kind: "wait up to" | "if" | "split" | "experiment" }>;

function forkOf(teller: Teller, node: Fork): FlowStep {
  const said = (condition: Expr) => personClause(teller.naming, condition);
  const into = (label: string, block: Block | null): FlowBranch => ({
    label,
    steps: (block?.steps ?? []).map((inner) => flowStep(teller, inner)),
  });
  switch (node.kind) {
    case "wait up to": {
      const text = `Wait up to ${lengthWords(node.limit)} until ${said(node.until)}`;
      if (node.then === null && node.otherwise === null) return stepOf(node, "wait", text);
      return stepOf(node, "wait", text, { branches: [into("then", node.then), into("otherwise", node.otherwise)] });
    }
    case "if": {
      const [first, ...others] = node.branches.map(({ when, then }) => into(said(when), then));
      if (first && others.length === 0) {
        const branches = [{ ...first, label: "yes" }, into("no", node.otherwise)];
        return stepOf(node, "choose", `If ${first.label}`, { branches });
      }
      const branches = [...(first ? [first] : []), ...others, into("otherwise", node.otherwise)];
      return stepOf(node, "choose", "The first that holds", { branches });
    }
    case "split":
    case "experiment": {
      const branches = node.arms.map(({ name, share, block }) =>
        into(`${name?.text ?? ""} ${share.digits}%`.trim(), block),
      );
      if (node.kind === "split") return stepOf(node, "choose", "Split at random", { branches });
      const winner = node.winner ? `; ${asWritten(teller.scope, node.winner)}` : "";
      return stepOf(node, "choose", `Experiment ${node.name.text}${winner}`, { branches });
    }
    default:
      return unreachable(node);
  }
}

/** All that a program names: in its head, its conditions and its steps. */
export function programUses(scope: Scope, { segment, parts }: Program): readonly Reference[] {
  const audience: readonly Reference[] = segment ? [{ kind: "segment", name: segment.text }] : [];
  return distinct([
    ...audience,
    ...parts.flatMap((part) => (isStep(part) ? stepUses(scope, part) : headUses(scope, part))),
  ]);
}

function headUses(scope: Scope, node: Head): readonly Reference[] {
  if ("when" in node) return usesOf(scope, node.when);
  return node.kind === "start on" ? [{ kind: "field", name: node.date.name.text }] : [];
}

function stepUses(scope: Scope, node: Step): readonly Reference[] {
  const inside = (block: Block | null) => (block?.steps ?? []).flatMap((step) => stepUses(scope, step));
  switch (node.kind) {
    case "send":
      return [{ kind: "email", name: node.email.text }, ...(node.onlyIf ? usesOf(scope, node.onlyIf) : [])];
    case "wait until":
      return node.until.kind === "date" ? [{ kind: "field", name: node.until.date.name.text }] : [];
    case "wait up to":
      return [...usesOf(scope, node.until), ...inside(node.then), ...inside(node.otherwise)];
    case "if":
      return [
        ...node.branches.flatMap(({ when, then }) => [...usesOf(scope, when), ...inside(then)]),
        ...inside(node.otherwise),
      ];
    case "split":
    case "experiment":
      return node.arms.flatMap(({ block }) => inside(block));
    case "set":
      return [{ kind: "field", name: node.assign.name.text }];
    case "set add":
    case "set remove":
      return [{ kind: "field", name: node.name.text }];
    case "add to":
    case "remove from":
      return [{ kind: "list", name: node.list.text }];
    case "hand off":
      return [{ kind: "team", name: node.team.text }];
    case "call":
      return [{ kind: "webhook", name: node.webhook.text }];
    case "continue in":
      return [{ kind: "program", name: node.program.text }];
    case "subscribe to":
    case "unsubscribe from":
      return [{ kind: "topic", name: node.topic.text }];
    default:
      return [];
  }
}
