// Why a person was mailed an email or not: what became of each mail, what held it back, and where the program turned away.

import { calendarOf } from "../../compiler/calendar.ts";
import type { Email, Plan } from "../../compiler/ir/plan.ts";
import { duckdb } from "../../compiler/sql/dialect.ts";
import { columnOf, quote } from "../../compiler/sql/tables.ts";
import type { Database, Instant, Row, Session } from "../ports.ts";
import { type Course, courseOf, type Enrollment } from "./course.ts";
import type { WhyEmail, WhyMail, WhyQuestion, WhySkip } from "./course-answer.ts";
import type { Asking } from "./facts.ts";
import { judged } from "./judged.ts";
import { withPerson } from "./person.ts";
import { type CourseRequest, stepNamed } from "./program.ts";
import { heldRule } from "./reasons.ts";
import { minuteOf } from "./render.ts";
import { senderOf } from "./sender.ts";
import { type Branch, conditionTree } from "./tree.ts";
import { conditionText } from "./words.ts";

/** null where there is no contact with that key. */
export async function whyEmailIn(database: Database, request: CourseRequest, email: Email): Promise<WhyEmail | null> {
  const { plan, key, at, version } = request;
  const senders = plan.programs.filter(({ steps }) =>
    steps.some((step) => step.kind === "send" && step.email === email.name),
  );
  const course = await courseOf(database, { key, programs: senders.map(({ name }) => name) });
  const forms = formsOf(plan, email);
  return withPerson(database, { plan, key, roots: forms.map(({ root }) => root) }, async (session) => {
    const calendar = calendarOf(plan.project.zone, plan.project.firstWeekday);
    const asking: Asking = { session, plan, key, at, calendar };
    const mails = await mailsOf(asking, email, forms);
    const skips = skipsOf(plan, course, email);
    return {
      kind: "email",
      contact: key,
      email: email.name,
      at,
      version,
      isSent: mails.some(({ state }) => state === "sent"),
      mails,
      skips,
      senders: senders.map((program) => senderOf({ program, course, email: email.name, mails, skips })),
      address: await addressOf(asking, email),
    };
  });
}

interface Form {
  readonly variant: string;
  readonly text: string;
  readonly root: Branch;
}

const formsOf = (plan: Plan, { variants }: Email): readonly Form[] =>
  variants.flatMap(({ name, when }) =>
    when === null
      ? []
      : [{ variant: name, text: `variant ${name} when ${conditionText(when)}`, root: conditionTree(plan, when) }],
  );

async function mailsOf(asking: Asking, email: Email, forms: readonly Form[]): Promise<readonly WhyMail[]> {
  const { session, key, plan } = asking;
  const params = { key: { kind: "text", value: key }, email: { kind: "text", value: email.name } } as const;
  const rows = await session.run({
    text: "SELECT * FROM outbox WHERE contact_id = $key AND email = $email ORDER BY planned_at, send_id",
    params,
  });
  if (rows.length === 0) return [];
  const happened = await happenedTo(session, key, rows);
  const questions: WhyQuestion[] = [];
  for (const { text, root } of forms) {
    const { tree } = await judged(asking, root);
    questions.push({ asks: "variant", text, at: asking.at, holds: tree.holds, tree, notes: [] });
  }
  return rows.map((row) => mailOf(plan, row, happened, questions));
}

function mailOf(
  plan: Plan,
  row: Row,
  happened: ReadonlyMap<string, WhyMail["happened"]>,
  questions: readonly WhyQuestion[],
): WhyMail {
  const program = plan.programs.find(({ name }) => name === row.program);
  const step = String(row.step);
  const send = program ? stepNamed(program, step) : null;
  const isNamed = send?.kind === "send" && send.variant !== null;
  return {
    program: String(row.program),
    step,
    title: send?.title ?? null,
    variant: typeof row.variant === "string" ? row.variant : null,
    address: String(row.address),
    state: String(row.state) as WhyMail["state"],
    plannedAt: Number(row.planned_at),
    settledAt: instant(row.settled_at),
    notBefore: row.state === "pending" ? instant(row.not_before) : null,
    reason: typeof row.reason === "string" ? row.reason : null,
    happened: happened.get(String(row.send_id)) ?? [],
    questions: isNamed ? [] : questions,
  };
}

const instant = (value: unknown): Instant | null => (value === null || value === undefined ? null : Number(value));

const told = ["received", "opened", "clicked", "replied", "unsubscribed", "bounced", "complained"] as const;

/** The first time that each thing happened, by the mail's id. */
async function happenedTo(
  session: Session,
  key: string,
  rows: readonly Row[],
): Promise<ReadonlyMap<string, WhyMail["happened"]>> {
  const ids = rows.map(({ send_id: id }) => String(id));
  const params = { key: { kind: "text", value: key }, ids: { kind: "texts", value: ids } } as const;
  const found = new Map<string, { event: string; at: Instant }[]>();
  const selects = told.map(
    (event) => `SELECT message, '${event}' AS event, min(occurred_at) AS "at" FROM ${quote(`event_${event}`)}
      WHERE contact_id = $key AND list_contains($ids, message) AND NOT coalesce(machine, false) GROUP BY message`,
  );
  const events = await session.run({ text: `${selects.join(" UNION ALL ")} ORDER BY "at", event`, params });
  for (const row of events) {
    const message = String(row.message);
    found.set(message, [...(found.get(message) ?? []), { event: String(row.event), at: Number(row.at) }]);
  }
  return found;
}

function skipsOf(plan: Plan, course: Course, email: Email): readonly WhySkip[] {
  return course.journal.flatMap((entry): readonly WhySkip[] => {
    const { outcome, tick: at, step, reason } = entry;
    if (entry.email !== email.name) return [];
    if (outcome !== "skipped" && outcome !== "delayed" && outcome !== "failed") return [];
    const program = plan.programs.find(({ name }) => name === entry.program);
    const standing = standingAt(course, entry.enrollment);
    const isWaiting = outcome === "delayed" && standing?.position?.seq === entry.seq;
    return [
      {
        at,
        program: entry.program,
        step,
        outcome,
        reason: reason ?? "",
        rule: heldRule(plan, program, reason),
        until: isWaiting ? (standing?.position?.due ?? null) : null,
      },
    ];
  });
}

const standingAt = ({ enrollments }: Course, id: string): Enrollment | undefined =>
  enrollments.find((one) => one.id === id);

/** What is known of the address that may hold the email back now. */
async function addressOf(asking: Asking, email: Email): Promise<readonly string[]> {
  const { session, plan, calendar } = asking;
  const field = plan.catalog.contact.fields.find(({ name }) => name === plan.catalog.contact.address);
  const address = field ? `c.${quote(columnOf(field, "contact"))}` : "NULL";
  const [person] = await session.run({
    text: `SELECT ${duckdb.fold(address)} AS address FROM "contact" AS c`,
    params: {},
  });
  if (typeof person?.address !== "string" || person.address === "") return ["There is no address."];
  const suppressed = await session.run({
    text: 'SELECT reason, min("at") AS "at" FROM "suppression" GROUP BY reason ORDER BY 2',
    params: {},
  });
  const lines = suppressed.map((row) => `Suppressed since ${minuteOf(Number(row.at), calendar)}: ${row.reason}.`);
  if (email.isTransactional) return lines;
  const words = await session.run({
    text: `SELECT topic, arg_max(state, "at") AS state, max("at") AS "at" FROM "consent" WHERE topic IN ($topic, '*') GROUP BY topic ORDER BY topic`,
    params: { topic: { kind: "text", value: email.topic ?? "*" } },
  });
  const said = words.map(
    (row) =>
      `${row.state === true ? "Agreed to" : "Refused"} ${row.topic === "*" ? "all mail" : row.topic} on ${minuteOf(Number(row.at), calendar)}.`,
  );
  const topic = plan.catalog.topics.find(({ name }) => name === email.topic);
  const isSilent = topic?.consent === "opt in" && words.every((row) => row.topic !== topic.name);
  return [...lines, ...said, ...(isSilent ? [`Never said yes to ${topic.name}, which people opt in to.`] : [])];
}
