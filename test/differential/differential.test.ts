// The engine, which moves everybody at once by statements, against an interpreter that does one thing after the other.

import fc from "fast-check";
import { DateTime } from "luxon";
import { expect, test } from "vitest";
import type { Program } from "../../grammar/ast/program.ts";
import { parse } from "../../grammar/parse.ts";
import { runLoop } from "../../runtime/engine/run.ts";
import { virtualClock } from "../../runtime/sim/virtual-clock.ts";
import { fakeMailer, plainRender } from "../engine/mailers.ts";
import { type World, worldOf } from "../engine/world.ts";
import { valueFrom } from "../support/scratch.ts";
import { type Address, type Happening, type Person, zone } from "./conditions.ts";
import { interpret } from "./interpreter.ts";
import { days, opensAfter, type Scenario, scenario, sourceOf, start } from "./scenarios.ts";

const hourMs = 3_600_000;
const every = 3;
const until = start + days * 24 * hourMs;
const hours = Array.from({ length: days * 24 }, (_, index) => start + (index + 1) * hourMs);
const clock = (at: number) => new Date(at).toISOString().slice(0, 16).replace("T", " ");
const day = (of: number) => clock(start + of * 24 * hourMs).slice(0, 10);

async function engineOf(drawn: Scenario): Promise<readonly string[]> {
  const world = await worldOf(sourceOf(drawn), "Europe/Berlin");
  for (const [index, { seats, role, address, day: of, zone }] of drawn.people.entries()) {
    const email = address === null ? null : `${index % 2 === 0 ? "A" : "a"}${address}@test.example`;
    const renewal = of === null ? null : day(of);
    await world.person(`p${index}`, {
      email,
      seats,
      role,
      renewal,
      time_zone: zone,
      created: `${clock(start + index * 8 * hourMs)}:00`,
    });
  }
  for (const { event, person, minute, plan } of drawn.happenings)
    await world.happen(event, `p${person}`, clock(start + minute * 60_000), event === "signed_up" ? { plan } : {});
  await world.apply("2026-03-27");
  const opened = new Set<string>();
  valueFrom(
    await runLoop({
      engine: world.engine(),
      clock: virtualClock(start),
      mailer: fakeMailer(undefined, { delivers: true }),
      render: plainRender,
      every: { amount: every, unit: "h" },
      until,
      isReplay: true,
      onTick: () => openMails(drawn, world, opened),
    }),
  );
  const rows = await world.rows(
    "SELECT strftime(tick, '%Y-%m-%dT%H:%M') AS at, program, contact_id, seq, step, email, outcome, reason FROM journal",
  );
  world.database.close();
  return rows.map((row) =>
    Object.values(row)
      .map((word) => word ?? "-")
      .join(" | "),
  );
}

async function openMails(drawn: Scenario, world: World, opened: Set<string>): Promise<void> {
  const sent = await world.rows(
    'SELECT "message" AS id, contact_id, "email" AS email, epoch_ms(occurred_at) AS at FROM event_sent',
  );
  // News for the next tick, also where it is of the very instant of this one.
  const [state] = await world.rows("SELECT last_batch + 1 AS batch FROM engine_state");
  for (const { id, contact_id: person, email, at } of sent) {
    const delay = opensAfter(drawn, String(person), String(email));
    if (opened.has(String(id))) continue;
    opened.add(String(id));
    if (delay !== null)
      await world.happen(
        "opened",
        String(person),
        clock(Number(at) + delay),
        { message: String(id), email: String(email) },
        Number(state?.batch),
      );
  }
}

function interpreted(drawn: Scenario): readonly string[] {
  const { declarations } = parse({ path: "main.cdz", text: sourceOf(drawn) }).file;
  const addresses = Array.from({ length: 9 }, (): Address => ({ topics: new Map(), isSuppressed: false }));
  const people = drawn.people.map(
    ({ seats, role, address, day: of, zone: where }, index): Person => ({
      key: `p${index}`,
      fields: {
        seats,
        role,
        renewal: of === null ? null : day(of),
        time_zone: where,
        created: start + index * 8 * hourMs,
      },
      lists: new Set(),
      address: address === null ? null : (addresses[address] ?? null),
    }),
  );
  const happenings = drawn.happenings.map(
    ({ event, person, minute, plan }, index): Happening => ({
      name: event,
      person: `p${person}`,
      ...(event === "signed_up" ? { plan } : {}),
      at: start + minute * 60_000,
      id: `e${String(index + 1).padStart(5, "0")}`,
    }),
  );
  return interpret({
    policies: declarations.flatMap((one) => (one.kind === "policy" ? one.rules : [])),
    programs: declarations.filter((one): one is Program => one.kind === "program"),
    segments: new Map(
      declarations.flatMap((one) => (one.kind === "segment" ? [[one.name.text, one.where] as const] : [])),
    ),
    people,
    happenings,
    opensAfter: (person, email) => opensAfter(drawn, person, email),
    appliedAt: start,
    grid: [
      start,
      ...hours.filter(
        (at) => ((at - DateTime.fromMillis(at, { zone }).startOf("day").toMillis()) / hourMs) % every === 0,
      ),
    ],
  });
}

test("the engine writes the journal that the interpreter writes", { timeout: 7_200_000 }, async () => {
  let started = 0;
  const same = async (drawn: Scenario) => {
    const [expected, found] = [[...interpreted(drawn)].sort(), [...(await engineOf(drawn))].sort()];
    started += expected.filter((line) => line.includes(" | started | ")).length;
    expect(found, sourceOf(drawn)).toEqual(expected);
  };
  const numRuns = Number(process.env.DIFFERENTIAL_RUNS ?? 4);
  // A journal that differs is read sooner than it is made smaller.
  await fc.assert(fc.asyncProperty(scenario, same), { numRuns, endOnFailure: true });
  expect(started).toBeGreaterThan(0);
});
