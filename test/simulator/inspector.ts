// Watches a simulated world: what may never be, whoever did it, is found at once and named together with the moment.

import { areTooMany, complaintsIn } from "../../runtime/engine/complaints.ts";
import type { Render } from "../../runtime/engine/deliver.ts";
import type { LoopTick } from "../../runtime/engine/run.ts";
import { takeFeedback } from "../../runtime/engine/feedback.ts";
import { snapshot } from "../../runtime/engine/snapshot.ts";
import type { Call, Cell, Feedback, Row } from "../../runtime/ports.ts";
import { plainRender } from "../engine/mailers.ts";
import { clockOf, type World } from "../engine/world.ts";
import type { Dice } from "../sql/dice.ts";
import { brokenLaws, journalInOrder, projected, replayed } from "./laws.ts";
import type { Provider } from "./provider.ts";
import type { Receiver } from "./receiver.ts";
import type { Scenario } from "./scenario.ts";

export class Broken extends Error {}

export interface Watched {
  readonly world: World;
  readonly provider: Provider;
  readonly receiver: Receiver;
  readonly scenario: Scenario;
  readonly dice: Dice;
}

export interface Inspector {
  /** Behind every event. */
  check(event: string): Promise<void>;
  /** Behind every delivery at an instant of the grid: nothing that is due is left, but with a reason. */
  checkDone(done: LoopTick): Promise<void>;
  /** Before a receiver hears a call: nobody has written down yet that it was taken, or given up, and it tells what it told before. */
  checkCall(call: Call): Promise<void>;
  /** Looks at what was claimed, before it is handed over. */
  readonly render: Render;
  /** When all has had time to end; the last instant that was judged. */
  checkEnd(at: number): Promise<void>;
  readonly checks: () => number;
}

const topicOf: Readonly<Record<string, string>> = { welcome: "tips", nudge: "tips", digest: "news" };

export function inspectorOf(watched: Watched): Inspector {
  const { world, provider, receiver } = watched;
  const winners = new Map<string, string>();
  let checks = 0;
  const demand = (rows: readonly unknown[], law: string) => {
    if (rows.length > 0) throw new Broken(`${law}: ${JSON.stringify(rows.slice(0, 3))}`);
  };
  const check = async (event: string) => {
    checks += 1;
    demand(await world.rows(brokenLaws), `behind ${event}`);
    demand(await changedWinners(world, winners), `behind ${event}, a winner is another one`);
    demand(await strayCalls(world, receiver), `behind ${event}, calls`);
    demand(strayMails(await world.rows("SELECT send_id, state FROM outbox"), provider), `behind ${event}, mails`);
  };
  return {
    check,
    checkDone: async ({ at, delivered }) => {
      await check(`the tick of ${clockOf(at)}`);
      demand(await overdue(watched, at, delivered.halted !== null), `overdue at ${clockOf(at)}`);
    },
    render: async (rows, at) => {
      demand(await untimely(watched, at), `handed over at ${clockOf(at)} too early`);
      demand(await unwanted(world), `handed over at ${clockOf(at)} against somebody's will`);
      return plainRender(rows, at);
    },
    checkCall: async ({ id, body }) => {
      const rows = await world.rows(`SELECT call_id, state FROM webhook_call WHERE call_id = '${id}'`);
      const told = receiver.heard.get(id)?.at(-1) ?? body;
      if (rows.length !== 1 || rows[0]?.state !== "pending" || told !== body) {
        throw new Broken(`called though it may not be: ${JSON.stringify([rows, told, body])}`);
      }
    },
    checkEnd: async (at) => {
      await check("the end");
      demand(await unended(watched, at), "not ended");
      const replay = replayed(await world.rows(journalInOrder));
      const places = (await world.rows(projected)).map(({ place }) => String(place)).sort();
      if (JSON.stringify(replay) !== JSON.stringify(places)) {
        throw new Broken(`the journal says ${replay.join("; ")}, the tables say ${places.join("; ")}`);
      }
      if (watched.scenario.skew === null) await checkRetelling(watched, at + 24 * 60 * 60_000);
    },
    checks: () => checks,
  };
}

/** Mails that went out twice, or of which the outbox tells what cannot be. */
function strayMails(outbox: readonly Row[], { accepted }: Provider): readonly unknown[] {
  const times = new Map<string, number>();
  for (const { sendId } of accepted) times.set(sendId, (times.get(sendId) ?? 0) + 1);
  const outside = ["claimed", "sent", "unknown"];
  const inside = ["pending", "claimed", "failed", "skipped", "unknown"];
  const stray = outbox.filter(({ send_id, state }) => {
    const count = times.get(String(send_id)) ?? 0;
    return count > 1 || !(count === 1 ? outside : inside).includes(String(state));
  });
  return stray.map((row) => ({ ...row, accepted: times.get(String(row.send_id)) ?? 0 }));
}

/** Experiments whose winner is not what it was; the winners are noted. */
async function changedWinners(world: World, known: Map<string, string>): Promise<readonly unknown[]> {
  const rows = await world.rows("SELECT program, step, arm FROM experiment WHERE arm IS NOT NULL");
  const now = new Map(rows.map(({ program, step, arm }) => [`${program} ${step}`, String(arm)]));
  const changed = [...known].filter(([key, arm]) => now.get(key) !== arm);
  for (const [key, arm] of now) known.set(key, arm);
  return changed;
}

/** Calls that count as made though nobody has taken them. */
async function strayCalls(world: World, { taken }: Receiver): Promise<readonly unknown[]> {
  const made = await world.rows("SELECT call_id FROM webhook_call WHERE state = 'made'");
  return made.filter(({ call_id }) => !taken.has(String(call_id)));
}

/** Claimed before they were due, or in hours that policies keep free. */
async function untimely({ world, scenario }: Watched, at: number): Promise<readonly unknown[]> {
  const hour = new Date(at).getUTCHours();
  const isNight = scenario.hasQuietHours && (hour < 8 || hour >= 20);
  const rows = await world.rows(
    "SELECT send_id, email, epoch_ms(planned_at) AS planned, epoch_ms(not_before) AS not_before FROM outbox WHERE state = 'claimed'",
  );
  return rows.filter(
    ({ email, planned, not_before }) =>
      Number(planned) > at || Number(not_before) > at || (isNight && email !== "receipt"),
  );
}

/** Claimed though the address had refused or was suppressed, by a reading of the facts that shares nothing with the engine. */
async function unwanted(world: World): Promise<readonly unknown[]> {
  const claimed = await world.rows("SELECT send_id, email, mailbox FROM outbox WHERE state = 'claimed'");
  const waiting = await world.rows("SELECT told FROM feedback_inbox");
  const told = waiting.flatMap((row) => JSON.parse(String(row.told)) as readonly Feedback[]);
  const addresses = (...kinds: readonly Feedback["kind"][]) =>
    told.filter(({ kind }) => kinds.includes(kind)).map(({ mailbox }) => mailbox);
  const suppressed = new Set<Cell>([
    ...(await world.rows("SELECT address FROM suppression")).map(({ address }) => address ?? null),
    ...addresses("bounced", "complained"),
  ]);
  const words = [
    ...(await world.rows('SELECT address, topic, state, epoch_us("at") AS "at" FROM consent')),
    ...addresses("unsubscribed").map((address) => ({ address, topic: "*", state: false, at: Number.MAX_SAFE_INTEGER })),
  ];
  return claimed.filter(({ email, mailbox }) => {
    if (suppressed.has(mailbox ?? null)) return true;
    if (email === "receipt") return false;
    const topic = topicOf[String(email)];
    const said = words.filter((word) => word.address === mailbox && (word.topic === "*" || word.topic === topic));
    const latest = Math.max(...said.map((word) => Number(word.at)));
    const last = said.filter((word) => Number(word.at) === latest);
    return last.length === 0 ? topic === "news" : last.some(({ state }) => state === false);
  });
}

/** People and mails whose time has come and that nothing holds back. */
async function overdue({ world, provider }: Watched, at: number, isHalted: boolean): Promise<readonly unknown[]> {
  // Whoever has a mail of which nobody knows whether it went out stays where she is.
  const people = await world.rows(
    `SELECT p.enrollment_id, p.step FROM positions AS p
     ANTI JOIN (SELECT enrollment_id FROM outbox WHERE state = 'unknown') AS u ON u.enrollment_id = p.enrollment_id
     ANTI JOIN paused AS z ON z.program = p.program
     WHERE epoch_ms(p.due) <= ${at}`,
  );
  if (isHalted || provider.pausedUntil() > at) return people;
  const brake = areTooMany(await complaintsIn(world.database, at)) ? "AND email = 'receipt'" : "";
  const mails = await world.rows(
    `SELECT send_id, state FROM outbox AS o ANTI JOIN paused AS z ON z.program = o.program
     WHERE state IN ('pending', 'claimed') AND epoch_ms(not_before) <= ${at} ${brake}`,
  );
  return [...people, ...mails];
}

/** Mails that are neither sent nor given up nor on record as a problem; and those that went out though they count as given up. */
async function unended({ world, provider, scenario }: Watched, at: number): Promise<readonly unknown[]> {
  const { problems } = await snapshot(world.database, world.plan, at);
  const brake = areTooMany(await complaintsIn(world.database, at)) ? "AND email = 'receipt'" : "";
  const waiting = await world.rows(
    `SELECT send_id, state, reason FROM outbox WHERE state NOT IN ('sent', 'failed', 'skipped', 'unknown')
     AND epoch_ms(not_before) <= ${at} ${brake}`,
  );
  const unknown = await world.rows(
    "SELECT send_id, reason, epoch_ms(coalesce(settled_at, claimed_at)) AS since FROM outbox WHERE state = 'unknown'",
  );
  const { untilMs } = provider.mailer.finding ?? { untilMs: 0 };
  const unfound = unknown.filter(({ since, reason }) => {
    const isOld = Number(since) + untilMs < at || scenario.skew !== null;
    return !isOld || !problems.some(({ text }) => text.includes(String(reason)));
  });
  const calls = await world.rows(
    `SELECT call_id, reason FROM webhook_call WHERE state = 'pending' AND epoch_ms(not_before) <= ${at}`,
  );
  return [...waiting, ...unfound, ...calls];
}

const toldTables = ["event_received", "event_opened", "event_clicked", "event_complained", "event_bounced"];

/** Told anew, all at once, in another order and some of it twice, everything comes to the same. */
async function checkRetelling({ world, provider, dice }: Watched, now: number): Promise<void> {
  const { database, plan } = world;
  const heard = new Set((await world.rows("SELECT feedback_id FROM feedback")).map((row) => String(row.feedback_id)));
  const told = provider.told.filter(({ id }) => heard.has(id));
  class Undo extends Error {}
  let states: readonly string[] = [];
  const work = database.transaction(async (session) => {
    const run = (text: string) => session.run({ text, params: {} });
    const state = async () => {
      const found: unknown[] = [await run("SELECT * EXCLUDE (received_at) FROM feedback ORDER BY ALL")];
      for (const table of toldTables)
        found.push(await run(`SELECT * EXCLUDE (received_at, batch) FROM ${table} ORDER BY ALL`));
      found.push(await run("SELECT * FROM suppression WHERE source = 'mailgun' ORDER BY ALL"));
      found.push(await run("SELECT * FROM consent WHERE source = 'mailgun' ORDER BY ALL"));
      return JSON.stringify(found);
    };
    const before = await state();
    for (const table of toldTables) await run(`DELETE FROM ${table} WHERE event_id LIKE 'told:%'`);
    for (const table of ["suppression", "consent"]) await run(`DELETE FROM ${table} WHERE source = 'mailgun'`);
    await run("DELETE FROM event_unsubscribed WHERE event_id LIKE 'told:%'");
    await run("DELETE FROM feedback");
    const again = dice.shuffle([...told, ...told.filter(() => dice.chance(50))]);
    for (let first = 0; first < again.length; first += 4) {
      await takeFeedback(session, plan, again.slice(first, first + 4), now);
    }
    states = [before, await state()];
    throw new Undo();
  });
  await work.catch((error: unknown) => {
    if (!(error instanceof Undo)) throw error;
  });
  if (states[0] !== states[1]) throw new Broken(`told again, all is\n${states[1]}\nand not\n${states[0]}`);
}
