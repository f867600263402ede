// Tests: the clauses in order, each with the moment at which it runs.

import type { DateTimeValue } from "../../grammar/ast/expr.ts";
import type { Declaration } from "../../grammar/ast/file.ts";
import type { Clause, Test } from "../../grammar/ast/suite.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import { calendarOf } from "../calendar.ts";
import type { CheckedClause, CheckedTest } from "../checked-test.ts";
import type { Context } from "../context.ts";
import type { Report, Scope } from "../scope.ts";
import { checkLength } from "./moment.ts";
import { checkExpected } from "./test-expect.ts";
import { checkGiven, type GivenClause } from "./test-given.ts";
import { clockText, instantOf, isProgram, moveClock, type Story } from "./test-story.ts";
import { checkWhen } from "./test-when.ts";

const usualStart = "2026-01-05T09:00";

export function checkTests(scope: Scope, report: Report, declarations: readonly Declaration[]): readonly CheckedTest[] {
  const titles = new Map<string, Test>();
  return declarations.flatMap((node) => {
    if (node.kind !== "test" || node.recovered) return [];
    const title = node.title.value.trim().toLowerCase();
    const earlier = titles.get(title);
    if (earlier) {
      const related = [{ span: earlier.title.span, text: "the first one" }];
      report(diagnose("E862", node.title.span, { title: node.title.value }, { related }));
    } else titles.set(title, node);
    return [checkTest(scope, report, node)];
  });
}

function checkTest(scope: Scope, report: Report, node: Test): CheckedTest {
  const context: Context = { scope, report, place: { kind: "segment" }, parameters: new Map(), event: null };
  const calendar = calendarOf(scope.settings.zone, scope.settings.firstWeekday);
  const first = node.clauses.find((clause) => clause.kind === "now is");
  const usual = calendar.instantOf(usualStart);
  const start = (first?.kind === "now is" ? instantOf({ context: muted(context), calendar }, first.at) : null) ?? usual;
  const story: Story = {
    context,
    calendar,
    people: new Map(),
    companies: new Set(),
    mistaken: new Set(),
    start,
    clock: start,
    isBegun: false,
    isDated: false,
    isTooLong: false,
  };
  const clauses = node.clauses.flatMap((clause) => checkClause(story, clause));
  if (!node.clauses.some(({ kind }) => kind.startsWith("expect"))) report(diagnose("W861", node.title.span, {}));
  return { title: node.title.value, span: node.title.span, start, clauses };
}

const muted = (context: Context): Context => ({ ...context, report: () => {} });

function checkClause(story: Story, clause: Clause): readonly CheckedClause[] {
  switch (clause.kind) {
    case "now is":
      checkNow(story, clause);
      return [];
    case "given contact":
    case "given company":
    case "given people":
    case "given mail":
    case "given state":
      return checkHistory(story, clause);
    default:
      story.isBegun = true;
      return listOf(checkLater(story, clause));
  }
}

const listOf = <T>(value: T | null): readonly T[] => (value === null ? [] : [value]);

function checkNow(story: Story, clause: Clause & { readonly kind: "now is"; readonly at: DateTimeValue }): void {
  const { report } = story.context;
  instantOf(story, clause.at);
  if (story.isBegun) report(diagnose("E851", clause.span, { clause: "now is" }));
  else if (story.isDated) report(diagnose("E852", clause.span, { what: "`now`" }));
  story.isDated = true;
}

function checkHistory(story: Story, clause: GivenClause): readonly CheckedClause[] {
  if (story.isBegun) {
    const span = { ...clause.span, end: clause.span.start + "given".length };
    story.context.report(diagnose("E851", span, { clause: "given" }));
  }
  return checkGiven(story, clause);
}

type Later = Exclude<Clause, GivenClause | { readonly kind: "now is" }>;

function checkLater(story: Story, clause: Later): CheckedClause | null {
  switch (clause.kind) {
    case "when":
      return checkWhen(story, clause);
    case "when program":
      if (!isProgram(story, clause.program)) return null;
      return { kind: clause.act, program: clause.program.text, span: clause.span, at: story.clock };
    case "after": {
      const length = checkLength(story.context, clause.duration);
      if (length) moveClock(story, story.calendar.shift(story.clock, length), clause.span);
      return { kind: "wait", span: clause.span, at: story.clock };
    }
    case "at": {
      const at = instantOf(story, clause.at);
      if (at === null) return null;
      if (at < story.clock) {
        const found = story.context.scope.text(clause.span);
        story.context.report(diagnose("E854", clause.span, { found, clock: clockText(story, story.clock) }));
        return null;
      }
      moveClock(story, at, clause.span);
      return { kind: "wait", span: clause.span, at };
    }
    case "expect":
    case "expect members":
    case "expect sent":
    case "expect value":
      return checkExpected(story, clause);
    default:
      return unreachable(clause);
  }
}
