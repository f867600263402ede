// Rule 24: who finishes the version that they entered, with its mails, and what is always the newest.

import { describe, expect, test } from "vitest";
import { applyPlan } from "../../runtime/engine/apply.ts";
import { deliver } from "../../runtime/engine/deliver.ts";
import { openEngine } from "../../runtime/engine/engine.ts";
import { placePeople } from "../../runtime/engine/placing.ts";
import { snapshot } from "../../runtime/engine/snapshot.ts";
import { renderFor } from "../../runtime/rendering.ts";
import { codeOf, valueFrom } from "../support/scratch.ts";
import { fakeMailer } from "./mailers.ts";
import { at, planOf, type World, worldOf } from "./world.ts";

const mail = (name: string, subject: string) => `email ${name} < subject "${subject}"  text "Hello"  topic tips >`;
const steps = "send intro  wait 2d as rest  send later_mail  wait 1d as pause_1d  send receipt";
const source = (more: { head?: string; steps?: string; mails?: string } = {}) => `
  program p < start when signed_up  ${more.head ?? "edits pin"}  ${more.steps ?? steps} >
  ${more.mails ?? `${mail("intro", "First")} ${mail("later_mail", "Second")}`}`;

async function inside(of = source(), people: readonly string[] = ["ana"]): Promise<World> {
  const world = await worldOf(of);
  for (const person of people) await world.person(person);
  await world.apply("2026-03-01");
  for (const person of people) await world.happen("signed_up", person, "2026-03-02");
  await world.tick("2026-03-02");
  return world;
}

async function handOver(world: World, when: string): Promise<readonly string[]> {
  const subjects: string[] = [];
  const mailer = fakeMailer((message) => {
    subjects.push(`${message.to} ${message.subject}`);
    return { kind: "sent", providerId: message.sendId };
  });
  const engine = world.engine();
  await deliver({ engine, mailer, render: renderFor(engine.inside, null), now: at(when) });
  return subjects.toSorted();
}

const versions = "SELECT contact_id, outcome, version FROM journal WHERE seq > 0 ORDER BY tick, round, seq, contact_id";
const places = "SELECT contact_id, pinned, step, epoch_ms(due) AS due FROM positions ORDER BY ALL";

describe("edits pin", () => {
  test("people inside finish what they entered, its mails included; who enters later takes the newest", async () => {
    const world = await inside();
    await world.person("ben");
    const edited = source({
      steps: "send intro  wait 9d as other  send receipt",
      mails: `${mail("intro", "New first")} ${mail("later_mail", "New second")}`,
    });
    expect(valueFrom(await placePeople(world.database, planOf(edited))).map(({ fate }) => fate)).toEqual([
      { kind: "pinned", version: 1 },
    ]);
    await handOver(world, "2026-03-02");
    await world.apply("2026-03-03", planOf(edited));
    const shown = (await snapshot(world.database, planOf(edited), at("2026-03-03"))).programs[0];
    expect(shown?.steps.filter(({ people }) => people > 0)).toMatchObject([
      { step: "rest", title: "rest (version 1)", kind: "earlier", people: 1 },
    ]);
    expect(shown).toMatchObject({ active: 1, nextDue: at("2026-03-04") });
    await world.happen("signed_up", "ben", "2026-03-03");
    await world.tick("2026-03-03", "2026-03-04");
    expect(await handOver(world, "2026-03-04")).toEqual(["ana@test.example Second", "ben@test.example New first"]);
    await world.tick("2026-03-05", "2026-03-06");
    expect((await world.story("ana")).at(-1)).toBe("2026-03-05 00:00 left (finished)");
    expect(
      new Set(
        (await world.rows(`${versions.replace("WHERE", "WHERE contact_id = 'ana' AND")}`)).map(
          ({ version }) => version,
        ),
      ),
    ).toEqual(new Set([1]));
    expect(await world.rows(places)).toMatchObject([{ contact_id: "ben", pinned: null, step: "other" }]);
  });

  test("several versions at once, each with its own mails and steps, also behind a restart", async () => {
    const version = (n: number) =>
      source({
        steps: `send intro  wait ${n}d as rest  set seats = ${n}  send later_mail`,
        mails: `${mail("intro", "First")} ${mail("later_mail", `Second ${n}`)}`,
      });
    const world = await inside(version(1));
    await world.rows("DELETE FROM outbox");
    for (const [n, person] of [
      [2, "ben"],
      [3, "cat"],
    ] as const) {
      await world.person(person);
      await world.apply(`2026-03-02 0${n}:00`, planOf(version(n)));
      await world.happen("signed_up", person, `2026-03-02 0${n}:30`, {}, n);
      await world.tick(`2026-03-02 0${n}:30`);
    }
    expect(await world.rows(places)).toMatchObject([
      { contact_id: "ana", pinned: 1 },
      { contact_id: "ben", pinned: 2 },
      { contact_id: "cat", pinned: null },
    ]);
    await world.apply("2026-03-02 04:00", planOf(version(3)));
    await world.tick("2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06");
    expect(await handOver(world, "2026-03-06")).toEqual([
      "ana@test.example Second 1",
      "ben@test.example First",
      "ben@test.example Second 2",
      "cat@test.example First",
      "cat@test.example Second 3",
    ]);
    expect(await world.rows("SELECT contact_id, seats FROM contact ORDER BY ALL")).toMatchObject([
      { seats: 1 },
      { seats: 2 },
      { seats: 3 },
    ]);
    expect((await openEngine(world.database))?.inside.programs).toHaveLength(1);
  });

  test("exits and goals are those of the version, segments the newest", async () => {
    const world = await inside(
      `segment Big where seats >= 5
      ${source({ head: "edits pin  exit when in Big" })}`,
      ["ana", "ben"],
    );
    await world.apply(
      "2026-03-03",
      planOf(`segment Big where seats >= 8 ${source({ steps: "send intro  wait 9d as rest" })}`),
    );
    await world.person("ana", { seats: 6 });
    await world.person("ben", { seats: 9 });
    await world.tick("2026-03-03");
    expect(await world.rows(places)).toMatchObject([{ contact_id: "ana", pinned: 1 }]);
  });

  test("a segment, an email and a program that are gone are there for who needs them", async () => {
    const world = await inside(
      `segment Big where seats >= 5
      ${source({ steps: "wait 2d as rest  if in Big then < send intro > otherwise < send later_mail >" })}`,
      ["ana"],
    );
    await world.person("ana", { seats: 6 });
    await world.apply("2026-03-03", planOf("program q < start when purchased  send welcome >"));
    await world.tick("2026-03-04");
    expect(await handOver(world, "2026-03-04")).toEqual(["ana@test.example First"]);
    expect((await world.story("ana")).at(-1)).toBe("2026-03-04 00:00 left (finished)");
    await world.happen("signed_up", "ana", "2026-03-05");
    await world.tick("2026-03-05");
    expect(await world.rows("SELECT count(*) AS n FROM enrollment")).toEqual([{ n: 1 }]);
  });

  test("what people wait for is what the version says, of the mails that it sent", async () => {
    const waiting = (email: string, limit: string) =>
      `send ${email}  wait up to ${limit} until opened ${email} then < send receipt > otherwise < send later_mail > as rest`;
    const world = await inside(source({ steps: waiting("intro", "3d") }));
    await world.rows(`INSERT INTO event_opened (contact_id, occurred_at, received_at, event_id, batch, "message", "email", "program")
      SELECT contact_id, TIMESTAMP '2026-03-03 12:00', TIMESTAMP '2026-03-03 12:00', 'o', 1, send_id, email, program FROM outbox`);
    await world.apply("2026-03-03", planOf(source({ steps: waiting("welcome", "30d") })));
    await world.tick("2026-03-04");
    expect(await world.mails()).toEqual(["2026-03-02 00:00 ana intro", "2026-03-04 00:00 ana receipt"]);
  });

  test("an edit that leaves the program as it was pins nobody", async () => {
    const world = await inside();
    await world.apply("2026-03-03", planOf(`${source()} program q < start when purchased  send welcome >`));
    expect(await world.rows(places)).toMatchObject([{ pinned: null, step: "rest" }]);
  });

  test("a renamed program, step and email are found by who finishes an earlier version", async () => {
    const world = await inside();
    await world.apply(
      "2026-03-03",
      planOf(`program q < start when signed_up  edits pin  send hi  wait 5d as nap  send later_mail >
      ${mail("hi", "Hi")} ${mail("later_mail", "Second")}
      renamed program p to q  renamed step q.rest to nap  renamed email intro to hi`),
    );
    expect(await world.rows(places)).toMatchObject([{ pinned: 1, step: "rest", due: at("2026-03-04") }]);
    await world.tick("2026-03-04", "2026-03-05");
    expect((await world.mails()).map((line) => line.split(" ").at(-1))).toEqual(["hi", "later_mail", "receipt"]);
    expect(await world.rows("SELECT DISTINCT program FROM journal")).toEqual([{ program: "q" }]);
  });

  test("policies are the newest, and caps count the mails of all versions", async () => {
    const world = await inside();
    await handOver(world, "2026-03-02");
    const edited = `${source({ steps: "send intro  wait 9d as rest" })} policy house < at most 1 emails in 3d >`;
    await world.apply("2026-03-03", planOf(edited));
    await world.tick("2026-03-04");
    expect((await world.story("ana")).at(-1)).toContain("delayed (at most 1 emails in 3d)");
    expect(await world.rows(places)).toMatchObject([{ pinned: 1, step: "send:later_mail:1", due: at("2026-03-05") }]);
  });

  test("people go on in another program, and are handed off, from the version that they finish", async () => {
    const world = await inside(`team sales "Sales"
      ${source({ steps: 'wait 1d as rest  hand off to sales with "Old"  continue in r' })} program r < send welcome >`);
    await world.apply(
      "2026-03-02",
      planOf(`team sales "Sales"
      ${source({ steps: 'wait 9d as rest  hand off to sales with "New"' })} program r < send nudge >`),
    );
    await world.tick("2026-03-03");
    expect(await world.rows("SELECT note FROM handoff")).toEqual([{ note: "Old" }]);
    expect(await world.mails()).toEqual(["2026-03-03 00:00 ana nudge"]);
  });

  test("who is in an experiment stays with its arms", async () => {
    const arms = (seats: number) =>
      `wait 1d as rest  experiment tone < arm a 50% < set seats = ${seats} > arm b 50% < set seats = ${seats + 1} > >`;
    const people = ["ana", "ben", "cat", "dan", "eve", "fay"];
    const [edited, left] = [
      await inside(source({ steps: arms(1) }), people),
      await inside(source({ steps: arms(1) }), people),
    ];
    await edited.apply("2026-03-02", planOf(source({ steps: arms(5) })));
    for (const world of [edited, left]) await world.tick("2026-03-03");
    const seats = "SELECT contact_id, seats FROM contact ORDER BY ALL";
    expect(await edited.rows(seats)).toEqual(await left.rows(seats));
  });
});

describe("the word in the new version decides for who is inside", () => {
  const long = steps.replace("wait 2d", "wait 20d");
  test("from `follow` to `pin`: they finish the version that they are in", async () => {
    const world = await inside(source({ head: "" }));
    await world.apply("2026-03-03", planOf(source({ steps: "send intro  wait 9d as other" })));
    expect(await world.rows(places)).toMatchObject([{ pinned: 1, step: "rest" }]);
  });
  test("from `pin` to `follow`: they go on in the new version, wherever they were", async () => {
    const world = await inside();
    await world.apply("2026-03-03", planOf(source({ steps: long })));
    expect(await world.rows(places)).toMatchObject([{ pinned: 1 }]);
    const renamed = source({
      head: "edits follow",
      steps: long.replace("as rest", "as nap").replace("send later_mail", "send intro"),
    });
    expect(codeOf(await applyPlan(world.database, planOf(renamed), at("2026-03-03")))).toBe("F402");
    await world.apply("2026-03-03", planOf(`${renamed} renamed step p.rest to nap`));
    expect(await world.rows(places)).toEqual([{ contact_id: "ana", pinned: null, step: "nap", due: at("2026-03-04") }]);
    await world.tick("2026-03-04");
    expect((await world.mails()).at(-1)).toBe("2026-03-04 00:00 ana intro");
  });
});
