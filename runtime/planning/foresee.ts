// What making a plan live would do: found out by doing it, once without the edit and once with it, and undoing both.

import type { Plan } from "../../compiler/ir/plan.ts";
import { openEngine, printed, text, texts } from "../engine/engine.ts";
import { occupiedSteps, placePeople } from "../engine/placing.ts";
import { Failed } from "../failures/failures.ts";
import type { Database, Failure, Instant, Result } from "../ports.ts";
import { dayMs } from "./ahead.ts";
import type { Happened } from "./announced.ts";
import { differences } from "./differences.ts";
import { type Heritage, heritageOf } from "./heritage.ts";
import type { Category, Foreseen, SegmentMoves } from "./foreseen.ts";
import { heldMails, mailEffects, volumesOf } from "./mails.ts";
import { programEffects, type Standing } from "./people.ts";
import { type Around, risksOf } from "./risks.ts";
import { segmentMoves } from "./segments.ts";
import { withoutTrace } from "./shadow.ts";
import { type Trial, tryLive, tryNext } from "./trial.ts";

/** How tables are made to fit, each in the transaction that it is asked in. */
export interface Fitting {
  /** The tables that every database has. */
  readonly system: (shadow: Database) => Promise<void>;
  /** The tables of a plan's catalog. */
  readonly catalog: (shadow: Database, plan: Plan) => Promise<Result<void>>;
}

export interface ForeseeRequest {
  readonly plan: Plan;
  readonly at: Instant;
  /** How many keys are named of each group of people. */
  readonly samples: number;
  /** Whether the engine is run forward by a month; null: where there are few enough contacts. */
  readonly looksAhead: boolean | null;
  readonly fitting: Fitting;
}

/** The answer, with what both trials did to whom. */
export interface Foresight {
  readonly foreseen: Foreseen;
  readonly live: { readonly version: number; readonly hash: string } | null;
  readonly before: readonly Happened[];
  readonly after: readonly Happened[];
}

const categories: readonly Category[] = ["text-only", "meaning", "audience", "flow"];

/** @returns F401 where a later instant was ticked, F130 and F131 where the tables cannot be made to fit. */
export async function foresee(database: Database, request: ForeseeRequest): Promise<Foresight> {
  const now = await withoutTrace(database, (shadow) => lookNow(shadow, request));
  const { plan: next, samples, at } = request;
  const { looksAhead } = now;
  const live = now.live?.plan ?? null;
  const isChanged = live?.hash !== next.hash;
  const heritage = heritageOf(now.live, next);
  const planned = isChanged
    ? await withoutTrace(database, (shadow) => lookNext(shadow, live, { ...request, looksAhead, heritage }))
    : null;
  const trial = planned && !isFailure(planned.trial) ? planned.trial : null;
  const [before, after] = [now.trial, planned && !trial ? now.trial : isChanged ? trial : now.trial];
  const happened = { before: heritage.named(before?.happened ?? []), after: after?.happened ?? [] };
  const ahead = { before: before?.ahead ?? null, after: after?.ahead ?? null };
  const plans = [...(live ? [live] : []), next];
  const changes = isChanged ? [...heritage.changes, ...differences(heritage.live, heritage.next)] : [];
  const answer: Omit<Foreseen, "risks"> = {
    project: next.project.name,
    at,
    live: now.live?.version ?? null,
    isChanged,
    categories: categories.filter((category) => changes.some((change) => change.category === category)),
    changes,
    segments: planned?.segments ?? [],
    programs: programEffects({
      ...happened,
      live: heritage.live,
      next: heritage.next,
      standing: planned?.standing ?? now.standing,
      samples,
    }),
    mails: mailEffects({ happened, ahead, samples }),
    held: heldMails(plans, { happened, samples }),
    waiting: now.waiting.reduce((sum, { mails }) => sum + mails, 0),
    ahead: ahead.after ? volumesOf(plans, ahead, now.startsPerDay) : null,
    refusal: planned && isFailure(planned.trial) ? saidOf(planned.trial) : null,
  };
  const around = {
    ...now,
    live,
    next,
    present: planned?.present ?? [],
    unagreed: planned?.unagreed ?? [],
    orphans: orphansOf(now, next),
  };
  return {
    foreseen: { ...answer, risks: risksOf(answer, around) },
    live: now.live && { version: now.live.version, hash: now.live.plan.hash },
    before: happened.before,
    after: happened.after,
  };
}

const isFailure = (of: Trial | Failure): of is Failure => "kind" in of && of.kind === "failure";

const saidOf = ({ code, text: said, help }: Failure) => ({ code, text: said, help });

interface Now {
  readonly live: { readonly version: number; readonly plan: Plan } | null;
  readonly trial: Trial | null;
  readonly standing: readonly Standing[];
  readonly contacts: number;
  readonly looksAhead: boolean;
  readonly startsPerDay: number;
  /** Mails that wait to go out, by their email. */
  readonly waiting: readonly { readonly email: string; readonly mails: number }[];
}

const startDays = 28;

/** Of so many contacts at most the month ahead is worked out unasked: it is some fifty ticks, twice. */
const fewContacts = 50_000;

async function lookNow(shadow: Database, { at, looksAhead: asked, fitting }: ForeseeRequest): Promise<Now> {
  await fitting.system(shadow);
  const engine = await openEngine(shadow);
  const count = async (query: string) => Number((await shadow.run({ text: query, params: {} }))[0]?.n ?? 0);
  const isLoaded = (await count("SELECT count(*) AS n FROM duckdb_tables() WHERE table_name = 'contact'")) > 0;
  const [starts] = await shadow.run({
    text: `SELECT count(*) AS n FROM journal WHERE outcome = 'started' AND tick > $since AND tick <= $at`,
    params: { since: { kind: "instant", value: at - startDays * dayMs }, at: { kind: "instant", value: at } },
  });
  const waiting = await shadow.run({
    text: "SELECT email, count(*) AS mails FROM outbox WHERE state = 'pending' GROUP BY email ORDER BY email",
    params: {},
  });
  const contacts = isLoaded ? await count("SELECT count(*) AS n FROM contact") : 0;
  const looksAhead = asked ?? contacts <= fewContacts;
  return {
    live: engine && { version: engine.version, plan: engine.plan },
    standing: (await occupiedSteps(shadow)).map((one) => ({ ...one, fate: null })),
    contacts,
    looksAhead,
    startsPerDay: Number(starts?.n ?? 0) / startDays,
    waiting: waiting.map(({ email, mails }) => ({ email: String(email), mails: Number(mails) })),
    // Last: it moves everybody.
    trial: await tryLive(shadow, { at, looksAhead }),
  };
}

interface Next {
  /** Null where what is said of names cannot be. */
  readonly standing: readonly Standing[] | null;
  readonly segments: readonly SegmentMoves[];
  readonly trial: Trial | Failure;
  readonly present: Around["present"];
  readonly unagreed: Around["unagreed"];
}

async function lookNext(
  shadow: Database,
  live: Plan | null,
  {
    plan,
    at,
    samples,
    looksAhead,
    fitting,
    heritage,
  }: ForeseeRequest & { readonly looksAhead: boolean; readonly heritage: Heritage },
): Promise<Next> {
  await fitting.system(shadow);
  const prepare = async () => {
    const fitted = await fitting.catalog(shadow, plan);
    if (!fitted.ok) throw new Failed(fitted.failure);
  };
  const segments = await segmentMoves(shadow, {
    live,
    next: heritage.next,
    segment: heritage.segment,
    at,
    samples,
    prepare,
  });
  const placed = await placePeople(shadow, plan);
  const trial = await tryNext(shadow, plan, { at, looksAhead });
  const standing = placed.ok ? placed.value : null;
  return {
    segments,
    standing,
    trial,
    present: await presentOf(shadow, live, plan),
    unagreed: await unagreedOf(shadow, plan),
  };
}

/** Whom new edges hold for at the first tick, which start nobody who is present. */
async function presentOf(shadow: Database, live: Plan | null, plan: Plan): Promise<Around["present"]> {
  const keysOf = (of: Plan | null) =>
    (of?.programs ?? []).flatMap(({ name, triggers }) =>
      triggers.flatMap((trigger) =>
        trigger.kind === "edge" && !trigger.enrolsPresent ? [`${name} ${trigger.id}`] : [],
      ),
    );
  const known = new Set(keysOf(live));
  const added = keysOf(plan).filter((key) => !known.has(key));
  if (added.length === 0) return [];
  const rows = await shadow.run(
    printed(
      (builder) => `SELECT program, count(DISTINCT contact_id) AS people FROM edge_member
        WHERE list_contains(${builder.param(texts(added))}, concat(program, ' ', trigger_id)) GROUP BY program ORDER BY program`,
    ),
  );
  return rows.map(({ program, people }) => ({ program: String(program), people: Number(people) }));
}

async function unagreedOf(shadow: Database, { catalog }: Plan): Promise<readonly string[]> {
  const topics = catalog.topics.filter(({ consent }) => consent === "opt in").map(({ name }) => name);
  const rows = await shadow.run(
    printed(
      (builder) =>
        `SELECT DISTINCT topic FROM consent WHERE state AND topic <> ${builder.param(text("*"))} ORDER BY topic`,
    ),
  );
  const agreed = new Set(rows.map(({ topic }) => String(topic)));
  return topics.filter((topic) => !agreed.has(topic));
}

function orphansOf({ waiting }: Now, { emails }: Plan): Around["orphans"] {
  return waiting.filter(({ email }) => !emails.some(({ name }) => name === email));
}
