// The one statement that decides the sends of all programs, in the order of the checks that a writer is told of.

import type { Email, Plan } from "../../compiler/ir/plan.ts";
import type { Program } from "../../compiler/ir/program.ts";
import { quote } from "../../compiler/sql/tables.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { printCapped } from "./caps.ts";
import { type InsidePlan, isOf, printEmailKey } from "./editions.ts";
import { type Engine, text } from "./engine.ts";
import { allContacts, type Closure, placeColumns, placeKey, printClosures } from "./hours.ts";
import { printJudged, printNever } from "./policies.ts";
import { audiences, delaysMail, printIsMarketing } from "./restraints.ts";
import { noPolicies, printPaced, printPolicies } from "./rates.ts";
import type { Proposals } from "./walk.ts";

/** Why a send is held back, in words for people. The journal and the outbox hold them. */
export const reasons = {
  address: "no address",
  suppressed: "suppressed",
  unsubscribed: "unsubscribed from all mail",
  onlyIf: "its only if did not hold",
  copy: "same address already mailed",
} as const;

const named =
  (names: readonly string[]) =>
  (row: string): string =>
    names.map((name) => `${row}.${quote(name)}`).join(", ");

/** What the step is and who passes it. */
const columns = named(["program", "pinned", "enrollment_id", "contact_id", "seq", "step", "email", "variant"]);
/** What is asked of a mail. */
const asked = named([
  "program",
  "pinned",
  "enrollment_id",
  "contact_id",
  "seq",
  "step",
  "email",
  "outcome",
  "owed_at",
  "only_if",
  "address",
]);
/** Where the person comes to rest. */
const resting = named(["next", "is_last", "is_arriving", "due", "wait_from", "wait_until"]);

/** What policies say of proposals. */
export interface Restrained {
  /** A FROM item: what `printProposed` selects. */
  readonly proposed: string;
  /** A FROM item: what `printPeople` selects; null: policies ask nothing about people. */
  readonly people: string | null;
  /** Where mail must wait. */
  readonly closures: readonly Closure[];
  /** How long it is until the next instant. */
  readonly stepMs: number;
}

/** SELECT of what policies say about the people who are to be mailed. */
export function printPeople(engine: Engine, proposed: string, builder: Builder): string {
  const people = `(SELECT DISTINCT a.contact_id FROM ${proposed} AS a WHERE a.outcome = 'send')`;
  return printJudged(engine, { people, contacts: allContacts }, builder);
}

export const hasSends = (proposals: readonly Proposals[]): boolean => proposals.some(({ sends }) => sends.length > 0);

/** SELECT of all proposals. */
export const printProposed = (proposals: readonly Proposals[]): string =>
  proposals.map(({ from }) => `SELECT * FROM ${from} AS p`).join("\nUNION ALL\n");

/**
 * SELECT of what becomes of proposals, which are SELECTs. A send that may not go out becomes `skipped` with its reason,
 * one that has to wait `delayed`; one that may brings its address. All else passes as proposed. `restrained`:
 * null where no policy is asked.
 */
export function printVerdict(
  plan: InsidePlan,
  proposals: readonly Proposals[],
  restrained: Restrained | null,
  builder: Builder,
): string {
  const programs = plan.programs.filter(({ name }) => proposals.some(({ program }) => program === name));
  const all = restrained ? `SELECT * FROM ${restrained.proposed} AS r` : printProposed(proposals);
  const sends = [...new Set(proposals.flatMap((proposal) => proposal.sends))];
  if (sends.length === 0) {
    return `SELECT ${columns("p")}, ${resting("p")}, p.outcome, p.reason, CAST(NULL AS VARCHAR) AS address, 1 AS visit,
      ${noInstant} AS owed_at, ${noPolicies} AS policies FROM (${all}) AS p`;
  }
  const visit = printVisit(programs, builder);
  const named = new Set(proposals.flatMap((proposal) => proposal.emails));
  const emails = plan.emails.filter(({ name }) => named.has(name));
  const said = restrained?.people == null ? silent : saidOf(plan, restrained.people, builder);
  // What policies may delay is decided apart from all that passes, and narrow: it is joined with itself many times.
  const isApart = restrained !== null && delaysMail(plan);
  return `WITH sends AS (
      SELECT ${isApart ? asked("p") : "p.*"}, lower(p.address) AS mailbox, ${visit.value} AS visit${said.columns}
      FROM (SELECT * EXCLUDE (address), CASE WHEN q.outcome = 'send' THEN nullif(trim(q.address), '') END AS address
        FROM (${all}) AS q ${isApart ? "WHERE q.outcome = 'send'" : ""}) AS p ${visit.join} ${said.join}
    ),
    checked AS (
      SELECT s.*, CASE WHEN s.outcome = 'send' THEN coalesce(${printRefusal(plan, emails, "s", builder)},
        ${said.columns === "" ? "" : "s.never, "}CASE WHEN NOT s.only_if THEN ${builder.param(text(reasons.onlyIf))} END) END AS refusal
      FROM sends AS s ${printChecks(emails, { row: "s" }, builder)}
    ),
    ${printHeldBack(sends, builder)}${isApart ? printDelayed(plan, restrained, builder) : printDecided}`;
}

/** CTEs of which the last, `decided`, says why each mail is held back: one copy of a step's mail goes to an address. */
const printHeldBack = (sends: readonly string[], builder: Builder): string =>
  `copies AS (
      SELECT c.program, c.step, c.mailbox, min(c.contact_id) AS first_contact
      FROM checked AS c WHERE c.outcome = 'send' AND c.refusal IS NULL GROUP BY c.program, c.step, c.mailbox
      HAVING min(c.contact_id) <> max(c.contact_id)
    ),
    mailed AS (
      SELECT DISTINCT o.step, c.enrollment_id
      FROM outbox AS o
      JOIN checked AS c ON c.program = o.program AND c.step = o.step AND c.mailbox = o.mailbox
      WHERE o.step IN (${sends.map((step) => builder.param(text(step))).join(", ")}) AND o.state <> 'skipped' AND o.visit >= c.visit
        AND (o.contact_id <> c.contact_id OR o.enrollment_id = c.enrollment_id)
    ),
    decided AS (
      SELECT c.*, coalesce(c.refusal, CASE WHEN m.step IS NOT NULL OR d.first_contact <> c.contact_id
        THEN ${builder.param(text(reasons.copy))} END) AS held_back
      FROM checked AS c
      LEFT JOIN copies AS d ON d.program = c.program AND d.step = c.step AND d.mailbox = c.mailbox
      LEFT JOIN mailed AS m ON m.enrollment_id = c.enrollment_id AND m.step = c.step
    )`;

const silent = { columns: "", join: "" };

function saidOf(plan: Plan, people: string, builder: Builder): { readonly columns: string; readonly join: string } {
  const columns = [...audiences(plan), ...placeColumns(plan)].map((column) => `, j.${column}`);
  return {
    columns: `, ${printNever(plan, "p", "j", builder)} AS never${columns.join("")}`,
    join: `LEFT JOIN ${people} AS j ON j.contact_id = p.contact_id`,
  };
}

const noInstant = "CAST(NULL AS TIMESTAMP)";

const printDecided = `
    SELECT ${columns("d")}, ${resting("d")}, CASE WHEN d.held_back IS NULL THEN d.outcome ELSE 'skipped' END AS outcome,
      coalesce(d.held_back, d.reason) AS reason, d.address, d.visit, ${noInstant} AS owed_at,
      ${noPolicies} AS policies
    FROM decided AS d`;

/** The same where policies may delay mails: whoever has to wait stays at the send, and comes to nothing behind it. */
function printDelayed(plan: InsidePlan, { proposed, closures, stepMs }: Restrained, builder: Builder): string {
  const isOpen = "d.held_back IS NULL";
  const id = sendId(plan, "d", builder);
  const capped = printCapped(plan, { from: "decided", isOpen, sendId: id }, builder);
  const pacing = { from: "timed", isOpen: `${isOpen} AND d.until IS NULL`, sendId: id, stepMs };
  const paced = printPaced(plan, pacing, builder);
  // Conditions are part of what is compared: besides it, they would have all mails compared with all rows.
  const place = `CASE WHEN ${isOpen} AND ${printIsMarketing(plan, "d", builder)} THEN ${placeKey(plan, "d")} END`;
  return `, ${capped.join(",\n    ")},
    closed AS (${printClosures(closures, builder)}),
    timed AS (
      SELECT d.* REPLACE (coalesce(d.held_back, CASE WHEN k.is_late THEN k.cap WHEN k.until IS NULL AND h.until IS NULL
          THEN h.closed_by END) AS held_back),
        CASE WHEN k.until IS NULL THEN h.until WHEN NOT k.is_late THEN k.until END AS until,
        coalesce(k.cap, h.closed_by) AS delayed_by
      FROM decided AS d LEFT JOIN capped AS k ON k.enrollment_id = CASE WHEN ${isOpen} THEN d.enrollment_id END
      LEFT JOIN closed AS h ON h.place = ${place}
    ),
    ${paced.join(",\n    ")},
    settled AS (
      SELECT t.enrollment_id, t.seq, t.address, t.visit, t.owed_at, t.held_back, coalesce(t.until, p.until) AS until,
        coalesce(t.delayed_by, p.rate) AS delayed_by, ${printPolicies(plan, "t", builder)} AS policies
      FROM timed AS t LEFT JOIN paced AS p ON p.enrollment_id = t.enrollment_id
    ),
    delayed AS (SELECT t.enrollment_id, t.seq FROM settled AS t WHERE t.until IS NOT NULL)
    SELECT ${columns("r")}, CASE WHEN t.until IS NULL THEN r."next" ELSE r.step END AS "next",
      r.is_last OR t.until IS NOT NULL AS is_last, r.is_arriving AND t.until IS NULL AS is_arriving,
      coalesce(t.until, r.due) AS due, r.wait_from, CASE WHEN t.until IS NULL THEN r.wait_until END AS wait_until,
      CASE WHEN t.until IS NOT NULL THEN 'delayed' WHEN t.held_back IS NOT NULL THEN 'skipped' ELSE r.outcome END AS outcome,
      CASE WHEN t.until IS NOT NULL THEN t.delayed_by ELSE coalesce(t.held_back, r.reason) END AS reason, t.address,
      coalesce(t.visit, 1) AS visit, CASE WHEN t.until IS NOT NULL THEN t.owed_at END AS owed_at, t.policies
    FROM ${proposed} AS r LEFT JOIN settled AS t ON t.enrollment_id = r.enrollment_id AND t.seq = r.seq
    LEFT JOIN delayed AS l ON l.enrollment_id = r.enrollment_id
    WHERE l.seq IS NULL OR r.seq <= l.seq`;
}

/** SQL of the id that a mail has for good: by the first names of its program and step, whatever they are called now. */
export function sendId({ programs }: InsidePlan, row: string, builder: Builder): string {
  const word = (value: string) => builder.param(text(value));
  const first = (column: string, cases: readonly string[]) =>
    cases.length > 0 ? `CASE ${cases.join(" ")} ELSE ${row}.${column} END` : `${row}.${column}`;
  const program = programs.flatMap((edition) =>
    edition.origin === undefined ? [] : [`WHEN ${isOf(edition, row, builder)} THEN ${word(edition.origin)}`],
  );
  const step = programs.flatMap((edition) =>
    edition.steps.flatMap(({ id, origin }) =>
      origin === undefined
        ? []
        : [`WHEN ${isOf(edition, row, builder)} AND ${row}.step = ${word(id)} THEN ${word(origin)}`],
    ),
  );
  return `md5(concat_ws(chr(31), ${first("program", program)}, ${row}.enrollment_id, ${first("step", step)}, CAST(${row}.visit AS VARCHAR)))`;
}

/** How often a person comes to a send, this time included: more than once only where a program leads back. */
function printVisit(programs: readonly Program[], builder: Builder): { readonly value: string; readonly join: string } {
  const returning = programs.filter(leadsBack);
  if (returning.length === 0) return { value: "1", join: "" };
  const names = returning.map(({ name }) => builder.param(text(name))).join(", ");
  return {
    value: "coalesce(b.visits, 0) + 1",
    join: `LEFT JOIN (
        SELECT o.enrollment_id, o.step, count(*) AS visits FROM outbox AS o WHERE o.program IN (${names}) GROUP BY ALL
      ) AS b ON b.enrollment_id = p.enrollment_id AND b.step = p.step`,
  };
}

const leadsBack = ({ steps }: Program): boolean =>
  steps.some((step, index) => step.kind === "go to" && step.next !== null && step.next <= index);

/** Mails with the columns `email` and `mailbox`. */
interface Checked {
  readonly row: string;
  /** FROM items of all words on their addresses; `of`: a relation of the mails, where they are few and the words of many. */
  readonly words?: { readonly consent: string; readonly suppression: string; readonly of: string | null };
}

const allWords = { consent: "consent", suppression: "suppression", of: null };

/**
 * The join that tells what an address may be sent, behind a relation of mails: one row per address, with the newest word on
 * each topic; of two words at one time, the refusal.
 */
export function printChecks(emails: readonly Email[], { row, words = allWords }: Checked, builder: Builder): string {
  const all = builder.param(text(allMail));
  // A word on all mail is one on each topic: the newest of both counts.
  const newest = [...wordsOn(emails).keys()].map(
    (topic, index) =>
      `, arg_max(w.word, w.place) FILTER (w.topic IN (${all}, ${builder.param(text(topic))})) AS word_${index}`,
  );
  return `LEFT JOIN (
      SELECT w.address, bool_or(w.is_suppressed) AS is_suppressed${newest.join("")}
      FROM (
        SELECT address, topic, CASE WHEN state THEN 'yes' WHEN topic = ${all} THEN 'no mail' ELSE 'no' END AS word,
          false AS is_suppressed, 4 * epoch_us("at") + CASE WHEN state THEN 0 ELSE 2 END
          + CASE WHEN topic = ${all} THEN 1 ELSE 0 END AS place
        FROM ${words.consent} WHERE "at" <= ${builder.now()}
        UNION ALL
        SELECT address, NULL, NULL, true, NULL FROM ${words.suppression} WHERE "at" <= ${builder.now()}
      ) AS w ${words.of === null ? "" : `SEMI JOIN ${words.of} AS k ON k.mailbox = w.address`} GROUP BY w.address
    ) AS x ON x.address = ${row}.mailbox`;
}

const allMail = "*";

/** What people may refuse, with the emails that they then do not get; an email without a topic falls under all mail. */
function wordsOn(emails: readonly Email[]): ReadonlyMap<string, readonly Email[]> {
  const words = new Map<string, readonly Email[]>();
  for (const email of emails.filter(({ isTransactional }) => !isTransactional)) {
    const topic = email.topic ?? allMail;
    words.set(topic, [...(words.get(topic) ?? []), email]);
  }
  return words;
}

/** The first of these checks that fails, in words; NULL: the mail may go out as far as the address is concerned. */
export function printRefusal(plan: Plan, emails: readonly Email[], relation: string, builder: Builder): string {
  const word = (reason: string) => builder.param(text(reason));
  const checks = [...wordsOn(emails)].map(([topic, of], index) => {
    const isOptIn = plan.catalog.topics.some((entry) => entry.name === topic && entry.consent === "opt in");
    const names = of.map(({ name }) => word(name)).join(", ");
    const said = [
      `WHEN x.word_${index} = 'no mail' THEN ${word(reasons.unsubscribed)}`,
      `WHEN x.word_${index} = 'no' THEN ${word(`unsubscribed from ${topic}`)}`,
      ...(isOptIn ? [`WHEN x.word_${index} IS NULL THEN ${word(`not subscribed to ${topic}`)}`] : []),
    ];
    return `WHEN ${printEmailKey(plan, relation, builder)} IN (${names}) THEN CASE ${said.join(" ")} END`;
  });
  return `CASE WHEN ${relation}.mailbox IS NULL THEN ${word(reasons.address)}
    WHEN x.is_suppressed THEN ${word(reasons.suppressed)} ${checks.join(" ")} END`;
}
