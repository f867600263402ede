// What people do: events, whether as history or in the course of the test, and fields that change.

import type { Clause, Happened } from "../../grammar/ast/suite.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import type { CheckedClause } from "../checked-test.ts";
import type { EventTable } from "../ir/catalog.ts";
import type { TestPerson } from "../ir/test.ts";
import { namesOf } from "../scope.ts";
import { checkLength } from "./moment.ts";
import { checkContactRow, checkEventRow, filled } from "./test-row.ts";
import {
  clockText,
  isCount,
  isFewEnough,
  isNamed,
  isProgram,
  justBefore,
  momentOn,
  moveClock,
  personNamed,
  type Story,
} from "./test-story.ts";

export function checkWhen(story: Story, clause: Extract<Clause, { readonly kind: "when" }>): CheckedClause | null {
  const person = personNamed(story, clause.person);
  const { act, span } = clause;
  if (!person) return null;
  switch (act.kind) {
    case "happened":
      return checkHappened(story, person, act, { isHistory: false, span });
    case "assigns": {
      const row = checkContactRow(story, act.assigns, "key stands");
      return { kind: "written", person, row, span, at: story.clock };
    }
    case "enters":
    case "is ejected from":
      if (!isProgram(story, act.program)) return null;
      return { kind: act.kind, person, program: act.program.text, span, at: story.clock };
    case "is forgotten":
      return { kind: act.kind, person, span, at: story.clock };
    default:
      return unreachable(act);
  }
}

interface Said {
  readonly isHistory: boolean;
  /** The clause. */
  readonly span: Span;
}

/** An event that happens more often in one moment is a load. */
const mostTimes = 10_000;

const ownEvents: ReadonlySet<string> = new Set(["sent", "received"]);

export function checkHappened(story: Story, person: TestPerson, node: Happened, said: Said): CheckedClause | null {
  const { context } = story;
  const table = eventNamed(story, node);
  const isFit = table !== null && isEmailFit(story, node, table, said);
  const times = node.times ?? 1;
  const isCounted =
    isCount(story, times, node.span, 1, "a whole number above 0") && isFewEnough(story, times, node.span, mostTimes);
  const occurredAt = timeOf(story, node, said);
  if (!table || !isFit || !isCounted || occurredAt === null) return null;
  const given = checkEventRow(story, table, node.assigns);
  const row = filled(story, table.fields, given, node.event.span);
  const email = node.email?.text ?? null;
  const topic = (email === null ? null : context.scope.emails.get(email)?.settings)?.find(
    ({ kind }) => kind === "topic",
  );
  if (!said.isHistory) moveClock(story, occurredAt, node.on?.span ?? said.span);
  return {
    kind: "happened",
    isHistory: said.isHistory,
    person,
    event: table.name,
    email,
    topic: topic?.kind === "topic" ? topic.name.text : null,
    row,
    times,
    occurredAt,
    span: said.span,
    at: said.isHistory ? story.start : story.clock,
  };
}

function eventNamed(story: Story, { event }: Happened): EventTable | null {
  const { scope } = story.context;
  const names = namesOf(scope, "event").filter((name) => scope.shared.has(name));
  if (!isNamed(story, event, { what: "event", starters: ["event"] }, names)) {
    story.mistaken.add(event.text);
    return null;
  }
  const shared = scope.shared.get(event.text);
  return shared?.kind === "event" ? shared.table : null;
}

function isEmailFit(story: Story, { event, email }: Happened, table: EventTable, { isHistory }: Said): boolean {
  const { scope, report } = story.context;
  if (!email) return true;
  if (!table.isMail) {
    report(diagnose("E864", email.span, { event: event.text, email: email.text }));
    return false;
  }
  if (!isNamed(story, email, { what: "email", starters: ["email"] }, scope.emails.keys())) return false;
  if (isHistory || !ownEvents.has(event.text)) return true;
  report(diagnose("E856", { ...event.span, end: email.span.end }, { event: event.text, email: email.text }));
  return false;
}

/** When it happened; null where that cannot be, which is reported. */
function timeOf(story: Story, { on, ago }: Happened, { isHistory }: Said): number | null {
  const { context, calendar, start, clock } = story;
  const now = isHistory ? start : clock;
  const length = ago && checkLength(context, ago);
  if (ago && !length) return null;
  const back = length && calendar.shift(now, { ...length, amount: -length.amount });
  const at = on ? momentOn(story, on) : (back ?? (isHistory ? justBefore(start) : clock));
  if (at === null || !isHistory || at < start) return at;
  const place = on ?? ago;
  if (!place) return at;
  const found = `${on ? "on " : ""}${context.scope.text(place.span)}${on ? "" : " ago"}`;
  context.report(diagnose("E853", place.span, { found, now: clockText(story, start) }));
  return null;
}
