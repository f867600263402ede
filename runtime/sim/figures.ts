// What a simulation tells of the days that it went through: counts, read from what the engine wrote down since its start.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Database, Instant, Row } from "../ports.ts";

export interface DayMails {
  readonly program: string;
  readonly email: string;
  /** When they were handed over. */
  readonly at: Instant;
  readonly mails: number;
}

export interface Told {
  readonly email: string;
  readonly mails: number;
  readonly received: number;
  readonly bounced: number;
  readonly opened: number;
  readonly clicked: number;
  readonly replied: number;
  readonly unsubscribed: number;
  readonly complained: number;
}

export interface Held {
  readonly program: string;
  /** The mail that was held back; null where a start was. */
  readonly email: string | null;
  readonly outcome: "skipped" | "delayed" | "not started";
  readonly reason: string;
  readonly times: number;
  readonly people: number;
}

export interface Passed {
  readonly program: string;
  readonly entered: number;
  readonly goals: number;
  readonly left: readonly { readonly reason: string; readonly people: number }[];
  readonly inside: number;
}

export interface Figures {
  readonly contacts: number;
  readonly sent: readonly DayMails[];
  readonly told: readonly Told[];
  /** How many people got how many mails, from one on. */
  readonly perPerson: readonly { readonly mails: number; readonly people: number }[];
  readonly held: readonly Held[];
  readonly passed: readonly Passed[];
  readonly handOffs: readonly { readonly team: string; readonly program: string; readonly count: number }[];
}

interface Span {
  readonly from: Instant;
  /** Behind the last instant. */
  readonly to: Instant;
}

type Read = (text: string) => Promise<readonly Row[]>;

export async function figuresOf(database: Database, plan: Plan, { from, to }: Span): Promise<Figures> {
  const params = { from: { kind: "instant", value: from }, to: { kind: "instant", value: to } } as const;
  const read: Read = (text) =>
    database.run({
      text,
      params: Object.fromEntries(Object.entries(params).filter(([name]) => text.includes(`$${name}`))),
    });
  const [contacts] = await read("SELECT count(*) AS people FROM contact");
  const sent = await read(
    `SELECT program, email, settled_at AS "at", count(*) AS mails FROM outbox WHERE ${isSent}
     GROUP BY ALL ORDER BY "at", program, email`,
  );
  const perPerson = await read(
    `SELECT p.mails, count(*) AS people
     FROM (SELECT contact_id, count(*) AS mails FROM outbox WHERE ${isSent} GROUP BY contact_id) AS p
     GROUP BY p.mails ORDER BY p.mails`,
  );
  const handOffs = await read(
    `SELECT team, program, count(*) AS n FROM handoff WHERE "at" >= $from GROUP BY ALL ORDER BY team, program`,
  );
  return {
    contacts: Number(contacts?.people ?? 0),
    sent: sent.map((row) => ({
      program: String(row.program),
      email: String(row.email),
      at: Number(row.at),
      mails: Number(row.mails),
    })),
    told: await toldOf(read, plan, sent),
    perPerson: perPerson.map((row) => ({ mails: Number(row.mails), people: Number(row.people) })),
    held: await heldBack(read),
    passed: await passedThrough(read, plan),
    handOffs: handOffs.map((row) => ({
      team: String(row.team),
      program: String(row.program),
      count: Number(row.n),
    })),
  };
}

const isSent = "state = 'sent' AND settled_at >= $from";

const tellings = ["received", "bounced", "opened", "clicked", "replied", "unsubscribed", "complained"] as const;

/** What the model had people do; what was known before, or happens behind the end, is left out. */
async function toldOf(read: Read, plan: Plan, sent: readonly Row[]): Promise<readonly Told[]> {
  const counts = new Map<string, ReadonlyMap<string, number>>();
  for (const event of tellings) {
    const rows = await read(
      `SELECT email, count(*) AS n FROM "event_${event}"
       WHERE received_at >= $from AND occurred_at < $to AND event_id = '${event}:' || "message" GROUP BY email`,
    );
    counts.set(event, new Map(rows.map((row) => [String(row.email), Number(row.n)])));
  }
  return plan.emails.flatMap(({ name }) => {
    const own = sent.filter((row) => row.email === name);
    if (own.length === 0) return [];
    const mails = own.reduce((sum, row) => sum + Number(row.mails), 0);
    const of = (event: (typeof tellings)[number]) => counts.get(event)?.get(name) ?? 0;
    return [
      {
        email: name,
        mails,
        received: of("received"),
        bounced: of("bounced"),
        opened: of("opened"),
        clicked: of("clicked"),
        replied: of("replied"),
        unsubscribed: of("unsubscribed"),
        complained: of("complained"),
      },
    ];
  });
}

const outcomes: Readonly<Record<string, Held["outcome"]>> = {
  skipped: "skipped",
  delayed: "delayed",
  dropped: "not started",
  missed: "not started",
};

async function heldBack(read: Read): Promise<readonly Held[]> {
  const rows = await read(
    `SELECT program, email, outcome, reason, count(*) AS times, count(DISTINCT contact_id) AS people FROM journal
     WHERE tick >= $from AND outcome IN ('skipped', 'delayed', 'dropped', 'missed')
     GROUP BY ALL ORDER BY times DESC, program, email, outcome, reason`,
  );
  return rows.map((row) => ({
    program: String(row.program),
    email: row.email === null ? null : String(row.email),
    outcome: outcomes[String(row.outcome)] ?? "skipped",
    reason: String(row.reason ?? ""),
    times: Number(row.times),
    people: Number(row.people),
  }));
}

async function passedThrough(read: Read, { programs }: Plan): Promise<readonly Passed[]> {
  const rows = await read(
    `SELECT program, outcome, CASE WHEN outcome = 'left' THEN reason END AS reason, count(*) AS n FROM journal
     WHERE tick >= $from AND outcome IN ('started', 'goal', 'left') GROUP BY ALL ORDER BY n DESC, reason`,
  );
  const inside = await read("SELECT program, count(*) AS n FROM positions GROUP BY program");
  return programs.map(({ name }) => {
    const own = rows.filter((row) => row.program === name);
    const count = (outcome: string) => Number(own.find((row) => row.outcome === outcome)?.n ?? 0);
    return {
      program: name,
      entered: count("started"),
      goals: count("goal"),
      left: own
        .filter((row) => row.outcome === "left")
        .map((row) => ({ reason: String(row.reason), people: Number(row.n) })),
      inside: Number(inside.find((row) => row.program === name)?.n ?? 0),
    };
  });
}

/** People at each step of each program at one moment, by `program step`. */
export type StepCounts = ReadonlyMap<string, number>;

export const stepKey = (program: string, step: string): string => `${program}\u001f${step}`;

export async function stepCounts(database: Database): Promise<StepCounts> {
  const rows = await database.run({
    text: "SELECT program, step, count(*) AS people FROM positions GROUP BY program, step",
    params: {},
  });
  return new Map(rows.map((row) => [stepKey(String(row.program), String(row.step)), Number(row.people)]));
}
