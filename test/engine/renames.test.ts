// Rules 20 and 24: what `renamed` and `removed` do to the people inside, and when they cannot be.

import { describe, expect, test } from "vitest";
import { applyPlan } from "../../runtime/engine/apply.ts";
import { placePeople } from "../../runtime/engine/placing.ts";
import { codeOf, valueFrom } from "../support/scratch.ts";
import { at, planOf, type World, worldOf } from "./world.ts";

const first =
  "program p < start when signed_up  send welcome  wait 5d as rest  send nudge  wait 1d as later  send receipt >";

async function inside(source = first): Promise<World> {
  const world = await worldOf(source);
  await world.person("ana");
  await world.apply("2026-03-01");
  await world.happen("signed_up", "ana", "2026-03-02");
  await world.tick("2026-03-02");
  return world;
}

const refusal = async (world: World, source: string) => {
  const refused = await applyPlan(world.database, planOf(source), at("2026-03-03"));
  return refused.ok ? "fine" : `${refused.failure.code} ${refused.failure.text} ${refused.failure.help}`;
};

const fates = async (world: World, source: string) =>
  valueFrom(await placePeople(world.database, planOf(source))).map(({ fate }) => fate);

const positions = "SELECT program, step, epoch_ms(due) AS due FROM positions ORDER BY ALL";

describe("renamed", () => {
  test("people keep their place in a program, and at a step, that is called otherwise", async () => {
    const world = await inside();
    const renamed = `${first.replace("program p", "program q").replace("as rest", "as pause_5d")}
      renamed program p to q  renamed step q.rest to pause_5d`;
    expect(await fates(world, renamed)).toEqual([{ kind: "renamed", program: "q", step: "pause_5d" }]);
    await world.apply("2026-03-03", planOf(renamed));
    expect(await world.rows(positions)).toEqual([{ program: "q", step: "pause_5d", due: at("2026-03-07") }]);
    await world.tick("2026-03-07");
    expect(await world.mails()).toEqual(["2026-03-02 00:00 ana welcome", "2026-03-07 00:00 ana nudge"]);
  });

  test("several renames in a row, at once or one after the other, lead to the same place", async () => {
    const last = `${first.replace("as rest", "as c")}  renamed step p.rest to b  renamed step p.b to c`;
    const [atOnce, stepwise] = [await inside(), await inside()];
    await atOnce.apply("2026-03-03", planOf(last));
    await stepwise.apply("2026-03-03", planOf(`${first.replace("as rest", "as b")}  renamed step p.rest to b`));
    await stepwise.apply("2026-03-04", planOf(last));
    expect(await atOnce.rows(positions)).toEqual([{ program: "p", step: "c", due: at("2026-03-07") }]);
    expect(await stepwise.rows(positions)).toEqual(await atOnce.rows(positions));
  });

  test("a line that stays when it was carried out, or is taken away, changes nothing", async () => {
    const world = await inside();
    const renamed = `${first.replace("as rest", "as b")}  renamed step p.rest to b`;
    await world.apply("2026-03-03", planOf(renamed));
    const without = renamed.replace("renamed step p.rest to b", "");
    expect(valueFrom(await applyPlan(world.database, planOf(without), at("2026-03-04")))).toMatchObject({
      isNew: false,
    });
    await world.apply("2026-03-04", planOf(renamed.replace("wait 1d", "wait 2d")));
    await world.apply("2026-03-05", planOf(without));
    await world.apply("2026-03-05", planOf(renamed));
    expect(await world.rows(positions)).toMatchObject([{ step: "b" }]);
  });

  test("the first name counts for the id of a mail, for draws, and for who was mailed before", async () => {
    const source = `program p < start when signed_up  enter every time  wait 1d as rest
      send welcome as hello  split < arm 50% < set seats = 1 > arm 50% < set seats = 2 > > >`;
    const moved = `${source.replace("program p", "program q").replace("as hello", "as greeting")}
      renamed program p to q  renamed step q.hello to greeting`;
    const seatsOf = async (edited: string | null) => {
      const world = await worldOf(source);
      for (let person = 0; person < 12; person++) await world.person(`p${person}`);
      await world.apply("2026-03-01");
      for (let person = 0; person < 12; person++) await world.happen("signed_up", `p${person}`, "2026-03-02");
      await world.tick("2026-03-02");
      if (edited) await world.apply("2026-03-02", planOf(edited));
      await world.tick("2026-03-03");
      return {
        seats: await world.rows("SELECT contact_id, seats FROM contact ORDER BY ALL"),
        mails: await world.rows("SELECT send_id FROM outbox ORDER BY ALL"),
      };
    };
    const left = await seatsOf(null);
    expect(new Set(left.seats.map(({ seats }) => seats)).size).toBe(2);
    expect(await seatsOf(moved)).toEqual(left);
  });

  test("a step that takes a name of old is another one: nobody counts as mailed by it", async () => {
    const world = await inside("program p < start when signed_up  send welcome as a  wait 2d as rest >");
    const renamed = "program p < start when signed_up  send welcome as b  wait 2d as rest > renamed step p.a to b";
    await world.apply("2026-03-03", planOf(renamed));
    const added =
      "program p < start when signed_up  send welcome as b  wait 2d as rest  send nudge as a  wait 1d as pause_1d >";
    await world.apply("2026-03-03", planOf(added));
    await world.tick("2026-03-04");
    expect(await world.mails()).toEqual(["2026-03-02 00:00 ana welcome", "2026-03-04 00:00 ana nudge"]);
  });

  test("an email that is called otherwise keeps what people did with it", async () => {
    const source = (email: string, more = "") => `program p < start when signed_up  send ${email}
      wait up to 5d until opened ${email} then < send nudge > otherwise < send digest > > ${more}`;
    const email = (name: string) => `email ${name} < subject "Hi"  text "Hello"  topic tips >`;
    const world = await inside(source("hello", email("hello")));
    await world.rows(`INSERT INTO event_opened (contact_id, occurred_at, received_at, event_id, batch, "message", "email", "program")
      SELECT contact_id, TIMESTAMP '2026-03-02 12:00', TIMESTAMP '2026-03-02 12:00', 'o', 1, send_id, email, program FROM outbox`);
    await world.apply("2026-03-03", planOf(source("hi", `${email("hi")} renamed email hello to hi`)));
    await world.tick("2026-03-03");
    expect(await world.mails()).toEqual(["2026-03-02 00:00 ana hi", "2026-03-03 00:00 ana nudge"]);
  });

  test("a segment that is called otherwise starts nobody anew", async () => {
    const source = (name: string, more = "") =>
      `segment ${name} where seats >= 5  program p for ${name} < enter every time  send welcome > ${more}`;
    const world = await worldOf(source("Big"));
    await world.person("ana", { seats: 9 });
    await world.apply("2026-03-01");
    await world.tick("2026-03-02");
    await world.apply("2026-03-03", planOf(source("Large", "renamed segment Big to Large")));
    await world.tick("2026-03-03", "2026-03-04");
    expect(await world.mails()).toEqual(["2026-03-02 00:00 ana welcome"]);
  });

  test("a step keeps its place when it gets a label", async () => {
    const world = await inside(first.replace(" as rest", ""));
    expect(await fates(world, first)).toEqual([{ kind: "renamed", program: "p", step: "rest" }]);
    await world.apply("2026-03-03", planOf(first));
    await world.apply("2026-03-03", planOf(first.replace("wait 5d", "wait 9d")));
    expect(await world.rows(positions)).toEqual([{ program: "p", step: "rest", due: at("2026-03-07") }]);
  });
});

describe("removed", () => {
  const gone = first.replace("wait 5d as rest  ", "");

  test("people go on where the line says, as if they came there now", async () => {
    const world = await inside();
    const source = `${gone} removed step p.rest continue at later`;
    expect(await fates(world, source)).toEqual([{ kind: "removed", program: "p", step: "rest", continueAt: "later" }]);
    await world.apply("2026-03-03", planOf(source));
    await world.tick("2026-03-03", "2026-03-04");
    expect(await world.mails()).toEqual(["2026-03-02 00:00 ana welcome", "2026-03-04 00:00 ana receipt"]);
    expect(await world.story("ana")).toContain("2026-03-03 00:00 rest went (its step was removed)");
  });

  test("or they leave", async () => {
    const world = await inside();
    await world.apply("2026-03-03", planOf(`${gone} removed step p.rest exit`));
    await world.tick("2026-03-03", "2026-03-09");
    expect((await world.story("ana")).at(-1)).toBe("2026-03-03 00:00 rest left (its step was removed)");
    expect(await world.mails()).toEqual(["2026-03-02 00:00 ana welcome"]);
  });

  test("who waits for something at the target waits for it anew, and a pause holds them where they were", async () => {
    const world = await inside();
    const source = `${gone.replace("wait 1d as later", "wait up to 1d until purchased then < > otherwise < send digest > as later")}
      removed step p.rest continue at later`;
    await world.rows("INSERT INTO paused (program, \"at\") VALUES ('p', TIMESTAMP '2026-03-02')");
    await world.apply("2026-03-03", planOf(source));
    await world.tick("2026-03-03");
    expect(await world.rows(positions)).toMatchObject([{ step: "rest" }]);
    await world.rows("DELETE FROM paused");
    await world.tick("2026-03-04");
    expect(await world.rows(positions)).toEqual([{ program: "p", step: "later", due: at("2026-03-05") }]);
  });

  test("a target that is renamed or removed later leads on", async () => {
    const world = await inside();
    const source = `program p < start when signed_up  send welcome  wait 1d as final_wait  send digest >
      removed step p.rest continue at later  removed step p.later continue at ending  renamed step p.ending to final_wait`;
    await world.apply("2026-03-03", planOf(source));
    await world.tick("2026-03-03");
    expect(await world.rows(positions)).toEqual([{ program: "p", step: "final_wait", due: at("2026-03-04") }]);
  });
});

describe("refused, and nothing is changed", () => {
  test("a step that vanished: the message has the lines to write", async () => {
    const world = await inside();
    const said = await refusal(world, first.replace("wait 5d as rest", "wait 6d as nap"));
    expect(said).toContain("F402 One person stands on the step `rest` of `p`, which is gone.");
    expect(said).toContain(
      "`renamed step p.rest to nap`, or `removed step p.rest continue at later`, or `removed step p.rest exit`",
    );
    expect(await world.rows("SELECT count(*) AS n FROM applied")).toEqual([{ n: 1 }]);
  });
  test("a step without a label that vanished", async () => {
    const world = await inside(first.replace(" as rest", ""));
    const said = await refusal(world, first.replace("wait 5d as rest", "wait 6d"));
    expect(said).toContain("F402 One person stands on the step `wait:5d:1` of `p`");
    expect(said).toContain("`wait 5d as here`");
  });
  test("a program that vanished", async () => {
    const world = await inside();
    const said = await refusal(world, first.replace("program p", "program q"));
    expect(said).toContain("F403 The program `p` is gone, but one person is inside.");
    expect(said).toContain("`renamed program p to q`");
  });
  test("a step that is renamed to one that is live", async () => {
    const world = await inside();
    const said = await refusal(
      world,
      `program p < start when signed_up  send welcome  send nudge  wait 5d as later  send receipt > renamed step p.rest to later`,
    );
    expect(said).toContain("F405 The step of p `rest` cannot be renamed to `later`: both are live.");
  });
  test("two programs that would become one", async () => {
    const world = await inside(`${first} program q < start when purchased  wait 3d as rest >`);
    expect(
      await refusal(world, `program q < start when purchased  wait 3d as rest > renamed program p to q`),
    ).toContain("F405");
  });
  test("a name that was never live, with the one that may be meant", async () => {
    const world = await inside();
    const said = await refusal(world, `${first.replace("as later", "as then_on")} renamed step p.latr to then_on`);
    expect(said).toContain(
      "F406 It is said what became of the step of p `latr`, but nothing of that name was ever live.",
    );
    expect(said).toContain("Perhaps `later` is meant");
  });
  test("but where nothing was live before, such lines are history", async () => {
    const world = await worldOf(`${first} renamed program old to p  removed step p.gone exit`);
    await world.apply("2026-03-01");
    expect(
      codeOf(
        await applyPlan(
          world.database,
          planOf(`${first.replace("5d", "6d")} renamed program old to p`),
          at("2026-03-02"),
        ),
      ),
    ).toBe("fine");
  });
});
