// The one statement that decides the sends of all programs, in the order of the checks that a writer is told of.

import type { Email, Plan } from "../../compiler/ir/plan.ts";
import { quote } from "../../compiler/sql/tables.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { text } from "./engine.ts";
import type { Proposals } from "./walk.ts";

/** Why a send is held back, in words for people. The journal and the outbox hold them. */
export const reasons = {
  address: "no address",
  suppressed: "suppressed",
  unsubscribed: "unsubscribed from all mail",
  onlyIf: "its only if did not hold",
  copy: "same address already mailed",
} as const;

/**
 * SELECT of what becomes of proposals, which are SELECTs. A send that may not go out becomes `skipped` with its reason;
 * one that may brings its address. All else passes as proposed.
 */
export function printVerdict(plan: Plan, proposals: readonly Proposals[], builder: Builder): string {
  const all = proposals.map(({ from }) => `SELECT * FROM ${from} AS p`).join("\nUNION ALL\n");
  const sends = [...new Set(proposals.flatMap((proposal) => proposal.sends))];
  if (sends.length === 0) {
    return `SELECT ${columns("p")}, p.outcome, p.reason, CAST(NULL AS VARCHAR) AS address FROM (${all}) AS p`;
  }
  return `WITH sends AS (
      SELECT p.*, lower(p.address) AS mailbox
      FROM (SELECT * EXCLUDE (address), CASE WHEN q.outcome = 'send' THEN nullif(trim(q.address), '') END AS address
        FROM (${all}) AS q) AS p
    ),
    checked AS (
      SELECT s.*, CASE WHEN s.outcome = 'send' THEN coalesce(${printRefusal("s.mailbox", builder)},
        CASE WHEN NOT s.only_if THEN ${builder.param(text(reasons.onlyIf))} END) END AS refusal
      FROM sends AS s ${printChecks(plan, "s", builder)}
    ),
    copies AS (
      SELECT c.program, c.step, c.mailbox, min(c.contact_id) AS first_contact
      FROM checked AS c WHERE c.outcome = 'send' AND c.refusal IS NULL GROUP BY c.program, c.step, c.mailbox
      HAVING min(c.contact_id) <> max(c.contact_id)
    ),
    mailed AS (
      SELECT DISTINCT o.step, c.enrollment_id
      FROM outbox AS o
      JOIN checked AS c ON c.program = o.program AND c.step = o.step AND c.mailbox = o.mailbox
      WHERE o.step IN (${sends.map((step) => builder.param(text(step))).join(", ")}) AND o.state <> 'skipped'
        AND (o.contact_id <> c.contact_id OR o.enrollment_id = c.enrollment_id)
    ),
    decided AS (
      SELECT c.*, coalesce(c.refusal, CASE WHEN m.step IS NOT NULL OR d.first_contact <> c.contact_id
        THEN ${builder.param(text(reasons.copy))} END) AS held_back
      FROM checked AS c
      LEFT JOIN copies AS d ON d.program = c.program AND d.step = c.step AND d.mailbox = c.mailbox
      LEFT JOIN mailed AS m ON m.enrollment_id = c.enrollment_id AND m.step = c.step
    )
    SELECT ${columns("d")}, CASE WHEN d.held_back IS NULL THEN d.outcome ELSE 'skipped' END AS outcome,
      coalesce(d.held_back, d.reason) AS reason, d.address
    FROM decided AS d`;
}

const passed = [
  "program",
  "enrollment_id",
  "contact_id",
  "seq",
  "step",
  "email",
  "next",
  "is_last",
  "due",
  "wait_from",
  "wait_until",
];
const columns = (row: string): string => passed.map((name) => `${row}.${quote(name)}`).join(", ");

/** Joins of the checks of consent behind a relation with the columns `email` and `mailbox`. */
export function printChecks(plan: Plan, relation: string, builder: Builder): string {
  return `LEFT JOIN (${printMails(plan, builder)}) AS e ON e.email = ${relation}.email
    LEFT JOIN (${printSuppressed(builder)}) AS x ON x.address = ${relation}.mailbox
    LEFT JOIN (${printConsent(builder)}) AS a ON a.address = ${relation}.mailbox AND a.topic = '*'
    LEFT JOIN (${printConsent(builder)}) AS t ON t.address = ${relation}.mailbox AND t.topic = e.topic`;
}

/** The first of these checks that fails, in words; NULL: the mail may go out as far as the address is concerned. */
export function printRefusal(mailbox: string, builder: Builder): string {
  const word = (reason: string) => builder.param(text(reason));
  return `CASE WHEN ${mailbox} IS NULL THEN ${word(reasons.address)}
    WHEN x.address IS NOT NULL THEN ${word(reasons.suppressed)}
    WHEN e.is_transactional THEN NULL
    WHEN NOT a.state THEN ${word(reasons.unsubscribed)}
    WHEN NOT t.state THEN concat('unsubscribed from ', e.topic)
    WHEN e.is_opt_in AND t.state IS NULL THEN concat('not subscribed to ', e.topic) END`;
}

/** SELECT of each email with its topic, and what the topic asks for. */
function printMails(plan: Plan, builder: Builder): string {
  const topics = new Map(plan.catalog.topics.map((topic) => [topic.name, topic]));
  const row = (email: Email) =>
    [
      builder.param(text(email.name)),
      builder.param(text(email.topic)),
      email.topic !== null && topics.get(email.topic)?.consent === "opt in" ? "true" : "false",
      email.isTransactional ? "true" : "false",
    ].join(", ");
  const rows = plan.emails.map((email) => `(${row(email)})`);
  if (rows.length === 0) rows.push("(NULL, NULL, false, false)");
  return `SELECT CAST(v.email AS VARCHAR) AS email, CAST(v.topic AS VARCHAR) AS topic, v.is_opt_in, v.is_transactional
    FROM (VALUES ${rows.join(", ")}) AS v(email, topic, is_opt_in, is_transactional)`;
}

function printSuppressed(builder: Builder): string {
  return `SELECT DISTINCT address FROM suppression WHERE "at" <= ${builder.now()}`;
}

/** SELECT of the newest word per address and topic; of two at one time, the refusal. */
function printConsent(builder: Builder): string {
  return `SELECT address, topic, arg_max(state, 2 * epoch_us("at") + CASE WHEN state THEN 0 ELSE 1 END) AS state
    FROM consent WHERE "at" <= ${builder.now()} GROUP BY address, topic`;
}
