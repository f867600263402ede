// What a person looking at a running engine sees, read between two ticks.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Program } from "../../compiler/ir/program.ts";
import type { Database, Instant, Row, Session } from "../ports.ts";
import { areTooMany, complaintsIn, mostPerMille, windowDays } from "./complaints.ts";
import { leastDays, leastMails, softBouncesIn } from "./soft-bounces.ts";
import { iso } from "./engine.ts";
import { allPaused } from "./pauses.ts";
import type { CallView, MailView, Problem, ProgramView, Remedy, Snapshot } from "../snapshot.ts";

/** Reads the state of all programs of the plan at an instant. `isOver`: whether the run has ended. */
export async function snapshot(database: Database, plan: Plan, now: Instant, isOver = false): Promise<Snapshot> {
  const read = (text: string) => database.run({ text, params: {} });
  const [contacts] = await read("SELECT count(*) AS people FROM contact");
  const [state] = await read("SELECT ticks FROM engine_state");
  const enrollments = await read(
    `SELECT program, reason, left_at IS NULL AS is_inside, count(*) AS people, count(goal_at) AS goals
     FROM enrollment GROUP BY ALL ORDER BY program, people DESC, reason`,
  );
  const positions = await read(
    `SELECT program, step, count(*) AS people, min(due) AS due, max(pinned) AS version FROM positions
     GROUP BY program, step ORDER BY program, step`,
  );
  return {
    at: now,
    contacts: Number(contacts?.people ?? 0),
    ticks: Number(state?.ticks ?? 0),
    programs: plan.programs.map((program) => viewOf(program, enrollments, positions)),
    mail: await mailView(read),
    calls: await callView(read),
    problems: await problemsOf(database, read, now),
    isOver,
  };
}

type Read = (text: string) => Promise<readonly Row[]>;

const sum = (rows: readonly Row[], name: string) => rows.reduce((total, row) => total + Number(row[name]), 0);
const instantOf = (value: unknown): Instant | null => (value == null ? null : Number(value));

function viewOf(program: Program, enrollments: readonly Row[], positions: readonly Row[]): ProgramView {
  const own = enrollments.filter((row) => row.program === program.name);
  const standing = positions.filter((row) => row.program === program.name);
  // Whoever finishes an earlier version may stand where this one has no step.
  const elsewhere = standing.filter((row) => !program.steps.some(({ id }) => id === row.step));
  const newest = program.steps.map((step) => {
    const here = standing.find((row) => row.step === step.id);
    return {
      step: step.id,
      title: step.title,
      kind: step.kind,
      people: Number(here?.people ?? 0),
      nextDue: instantOf(here?.due),
    };
  });
  const earlier = elsewhere.map((row) => ({
    step: String(row.step),
    title: row.version === null ? String(row.step) : `${row.step} (version ${row.version})`,
    kind: "earlier",
    people: Number(row.people),
    nextDue: instantOf(row.due),
  }));
  const steps = [...newest, ...earlier];
  const dues = steps.flatMap(({ nextDue }) => (nextDue === null ? [] : [nextDue]));
  return {
    name: program.name,
    active: sum(
      own.filter((row) => row.is_inside === true),
      "people",
    ),
    entered: sum(own, "people"),
    goals: sum(own, "goals"),
    left: own
      .filter((row) => row.is_inside !== true)
      .map((row) => ({ reason: String(row.reason), people: Number(row.people) })),
    nextDue: dues.length === 0 ? null : Math.min(...dues),
    steps,
  };
}

async function mailView(read: Read): Promise<MailView> {
  const states = await read("SELECT state, count(*) AS mails FROM outbox GROUP BY state");
  const count = (state: string) => Number(states.find((row) => row.state === state)?.mails ?? 0);
  const skipped = await read(
    "SELECT reason, count(*) AS mails FROM journal WHERE outcome = 'skipped' GROUP BY reason ORDER BY mails DESC, reason",
  );
  const delayed = await read(
    `SELECT j.reason, count(*) AS mails FROM positions AS p
     JOIN journal AS j ON j.enrollment_id = p.enrollment_id AND j.seq = p.seq
     WHERE p.owed_at IS NOT NULL GROUP BY j.reason ORDER BY mails DESC, j.reason`,
  );
  const byReason = (rows: readonly Row[]) =>
    rows.map((row) => ({ reason: String(row.reason), mails: Number(row.mails) }));
  return {
    pending: count("pending"),
    claimed: count("claimed"),
    sent: count("sent"),
    failed: count("failed"),
    unknown: count("unknown"),
    delayed: byReason(delayed),
    skipped: byReason(skipped),
  };
}

async function callView(read: Read): Promise<CallView> {
  const states = await read("SELECT state, count(*) AS calls FROM webhook_call GROUP BY state");
  const count = (state: string) => Number(states.find((row) => row.state === state)?.calls ?? 0);
  return { pending: count("pending"), made: count("made"), failed: count("failed") };
}

/** Programs that paused by themselves. */
async function problemsOfStopped(read: Read): Promise<readonly Problem[]> {
  const rows = await read(
    `SELECT program, "at", reason FROM paused WHERE reason IS NOT NULL AND reason <> '${allPaused}' ORDER BY "at", program`,
  );
  return rows.map((row) => ({
    since: Number(row.at),
    text: `\`${String(row.program)}\` is paused: ${String(row.reason)}`,
    help: `Nobody in it moves or is mailed. Mend what it says, and let it go on with \`cadenza resume ${String(row.program)}\`: what failed is tried again.`,
    remedy: { kind: "resume", program: String(row.program) },
  }));
}

/** The newest run of each report, where something went wrong. */
async function problemsOfReports(read: Read): Promise<readonly Problem[]> {
  const rows = await read(
    `SELECT report, max("at") AS "at", arg_max(coalesce(fault, ''), "at") AS fault FROM report_run
     WHERE is_run GROUP BY report HAVING arg_max(coalesce(fault, ''), "at") <> '' ORDER BY report`,
  );
  return rows.map((row) => ({
    since: Number(row.at),
    text: `The report \`${String(row.report)}\` ran, but ${String(row.fault)}`,
    help: `See it with \`cadenza report ${String(row.report)}\`; it is written and mailed again when it is next due.`,
  }));
}

/** Somebody stopped everything, which nobody should forget. */
async function problemsOfStop(read: Read): Promise<readonly Problem[]> {
  const [row] = await read(`SELECT min("at") AS since FROM paused WHERE reason = '${allPaused}'`);
  const since = instantOf(row?.since);
  if (since === null) return [];
  const text = "Everything is stopped: nobody enters a program, moves or is mailed.";
  return [{ since, text, help: "Let all programs go on with `cadenza resume all`.", remedy: { kind: "resume all" } }];
}

/** As much as clocks are set right in passing. */
const smallMs = 5 * 60_000;

/** Nothing is done before the instant that was judged last, so that a clock that is set back stops everything. */
async function problemsOfClock(read: Read, now: Instant): Promise<readonly Problem[]> {
  const [row] = await read("SELECT last_tick FROM engine_state");
  const last = instantOf(row?.last_tick);
  if (last === null || last - now <= smallMs) return [];
  const text = `The clock says ${iso(now)}, which lies before the last tick, of ${iso(last)}: nobody moves or is mailed until it has passed that.`;
  return [
    { since: now, text, help: "Set the machine's clock right. Nothing is lost meanwhile, and nothing is done twice." },
  ];
}

async function problemsOfLoads(read: Read): Promise<readonly Problem[]> {
  const rows = await read(
    "SELECT load, path, failed_since, reason, help FROM load_state WHERE failed_since IS NOT NULL ORDER BY failed_since, load, path",
  );
  return rows.map((row) => ({
    since: Number(row.failed_since),
    text: `\`${String(row.load)}\` could not be loaded again from \`${String(row.path)}\`: ${String(row.reason)}`,
    help: `${String(row.help)} It is tried again when the file has changed, and every 15 minutes.`,
  }));
}

async function problemsOfIngest(read: Read): Promise<readonly Problem[]> {
  const rows = await read(
    `SELECT name, reason, count(*) AS messages, min(received_at) AS since FROM ingest_aside
     GROUP BY name, reason ORDER BY since, name, reason`,
  );
  return rows.map((row) => ({
    since: Number(row.since),
    text: `${Number(row.messages) === 1 ? "One message" : `${Number(row.messages)} messages`} \`${String(row.name)}\` came in over HTTP and could not be taken in: ${String(row.reason)}`,
    help: "They are kept as they came. Declare what they tell of, or mend who sends them; `cadenza show aside` lists them.",
  }));
}

async function problemsOfCalls(read: Read, now: Instant): Promise<readonly Problem[]> {
  const rows = await read(
    `SELECT webhook, state, reason, count(*) AS calls, min(coalesce(settled_at, planned_at)) AS since FROM webhook_call
     WHERE state = 'failed' OR (state = 'pending' AND reason IS NOT NULL AND attempt > 0)
     GROUP BY webhook, state, reason ORDER BY since, webhook, state, reason`,
  );
  return rows.map((row) => {
    const what = Number(row.calls) === 1 ? "One call" : `${Number(row.calls)} calls`;
    const [isFailed, name] = [row.state === "failed", `\`${String(row.webhook)}\``];
    return {
      since: instantOf(row.since) ?? now,
      text: `${what} of ${name} ${isFailed ? "failed" : "could not be made yet"}: ${String(row.reason)}`,
      help: isFailed
        ? "They are not tried again; `on failure` says what becomes of the people. Mend the receiver, or the address of the webhook."
        : "They are tried again with growing pauses, for up to 72 hours. See whether the receiver runs, and has the secret.",
      ...(isFailed ? {} : { remedy }),
    };
  });
}

/** What asks for a person: mails that failed, mails of unknown outcome, mails that are tried again and again. */
async function problemsOf(session: Session, read: Read, now: Instant): Promise<readonly Problem[]> {
  const rows = await read(
    `SELECT state, reason, count(*) AS mails, min(coalesce(settled_at, claimed_at, planned_at)) AS since FROM outbox
     WHERE state IN ('failed', 'unknown') OR (state = 'pending' AND attempt > 0)
     GROUP BY state, reason ORDER BY since, state, reason`,
  );
  const ofMails = rows.map((row) => {
    const mails = Number(row.mails);
    const what = mails === 1 ? "One mail" : `${mails} mails`;
    return { since: instantOf(row.since) ?? now, ...words(String(row.state), what, mails, String(row.reason ?? "")) };
  });
  return [
    ...(await problemsOfStop(read)),
    ...(await problemsOfClock(read, now)),
    ...(await problemsOfComplaints(session, now)),
    ...(await problemsOfProvider(read)),
    ...(await problemsOfSoftBounces(session, now)),
    ...ofMails,
    ...(await problemsOfCalls(read, now)),
    ...(await problemsOfLoads(read)),
    ...(await problemsOfIngest(read)),
    ...(await problemsOfStopped(read)),
    ...(await problemsOfReports(read)),
  ];
}

async function problemsOfComplaints(session: Session, now: Instant): Promise<readonly Problem[]> {
  const found = await complaintsIn(session, now);
  if (!areTooMany(found)) return [];
  const [complained, delivered] = [found.complained, found.delivered].map((count) => count.toLocaleString("en-US"));
  return [
    {
      since: now,
      text: `${complained} people complained about mails of the last ${windowDays} days, of which ${delivered} were delivered: from ${mostPerMille} in 1,000 on, marketing mails wait.`,
      help: "Mailbox providers block who goes on. Find what they complained about, and stop mailing who did not ask for it. The mails go out when there are fewer again, or at once with `cadenza run --despite-complaints`.",
    },
  ];
}

async function problemsOfSoftBounces(session: Session, now: Instant): Promise<readonly Problem[]> {
  const found = await softBouncesIn(session, now);
  if (found === null) return [];
  const { addresses, since, reason } = found;
  const whom = addresses === 1 ? "One address" : `${addresses.toLocaleString("en-US")} addresses`;
  return [
    {
      since,
      text: `${whom} got none of at least ${leastMails} mails in ${leastDays} days or more, for reasons that may pass${reason === null ? "" : `: ${reason}`}`,
      help: "They are mailed on, for a full mailbox may be emptied. The provider's log says who they are; whoever is to be left alone goes on a list that a policy names: `never send to in …`.",
    },
  ];
}

async function problemsOfProvider(read: Read): Promise<readonly Problem[]> {
  const rows = await read("SELECT failed_since, reason FROM provider_state WHERE failed_since IS NOT NULL");
  return rows.map((row) => ({
    since: Number(row.failed_since),
    text: `The provider cannot be asked what became of mails: ${String(row.reason)}`,
    help: "It is asked again every 15 minutes; what webhooks tell counts meanwhile. A key that only sends may not read logs and lists: give it that right.",
  }));
}

/** At once, and not when its time comes. */
const remedy: Remedy = { kind: "retry" };

function words(state: string, what: string, mails: number, reason: string): Omit<Problem, "since"> {
  if (state === "failed") {
    return { text: `${what} failed: ${reason}`, help: "They are not tried again; the people walked on." };
  }
  if (state === "unknown") {
    const text = `Of ${mails === 1 ? "one mail" : `${mails} mails`} it is unknown whether they went out: ${reason}`;
    return {
      text,
      help: "They are not sent again, so that nobody gets a mail twice, and the people wait at their step. Look them up at the provider.",
    };
  }
  return {
    text: `${what} could not be sent yet: ${reason}`,
    help: "They are tried again, for up to 72 hours.",
    remedy,
  };
}
