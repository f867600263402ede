// A random world whose rows, definitions and clock change, for tests of the stored membership.

import { expect } from "vitest";
import type { Field } from "../../compiler/ir/catalog.ts";
import type { Funnel, Score } from "../../compiler/ir/people.ts";
import type { Plan, Segment } from "../../compiler/ir/plan.ts";
import type { Program } from "../../compiler/ir/program.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { printMembers } from "../../compiler/sql/print.ts";
import { rulesOf } from "../../compiler/sql/rules.ts";
import { columnOf, columnType, eventTable, quote } from "../../compiler/sql/tables.ts";
import { printStored } from "../../runtime/engine/segments/members.ts";
import { type Refreshed, refreshSegments } from "../../runtime/engine/segments/refresh.ts";
import { readStore } from "../../runtime/engine/segments/store.ts";
import type { Database } from "../../runtime/ports.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { ensureSchema } from "../../runtime/store/schema.ts";
import { build, literal } from "../sql/build.ts";
import { type Choice, drawCondition } from "../sql/conditions.ts";
import { drawFunnel, drawScore } from "../sql/declared.ts";
import { type Dice, diceOf } from "../sql/dice.ts";
import { itemsOf } from "../sql/text-reference.ts";
import { drawInstant, drawValue, drawWorld, lengths, type Values, type World } from "../sql/world.ts";
import { planOf } from "../support/plan-of.ts";
import { valueFrom } from "../support/scratch.ts";

export interface Stage {
  readonly database: Database;
  readonly dice: Dice;
  readonly world: World;
  now: number;
  segments: readonly Segment[];
  scores: readonly Score[];
  funnels: readonly Funnel[];
  programs: readonly Program[];
  made: number;
}

export const stagePlan = ({ world, segments, scores, funnels, programs }: Stage): Plan =>
  planOf(world.catalog, world.calendar, { segments, scores, funnels, programs }, "p");

const ids = ["S0", "S1", "S2", 'Big("a")', 'Big("A")'];

type Declared = Pick<Choice, "segments" | "scores" | "funnels">;

export const choiceOf = ({ dice, world }: Stage, declared: Declared): Choice => {
  return { dice, world, ...declared, isInside: false, kinds: "all" };
};

function redraw(stage: Stage): void {
  const segments = stage.segments.filter(({ id }) => id === ids[0]);
  const choice = choiceOf(stage, { segments, scores: [], funnels: [] });
  stage.scores = [drawScore(choice, "T")];
  stage.funnels = [drawFunnel(choice, "F")];
}

/** Each reads those before it. */
function drawSegment(stage: Stage, id: string): Segment {
  const before = stage.segments.filter((segment) => ids.indexOf(segment.id) < ids.indexOf(id));
  // Scores and funnels read the first segment, which therefore reads none of them.
  const { scores, funnels } = id === ids[0] ? { scores: [], funnels: [] } : stage;
  const where = drawCondition(choiceOf(stage, { segments: before, scores, funnels }), 2);
  return { id, name: id, doc: null, where, reads: [], hash: "" };
}

/** A segment drawn anew, or one that is gone unless others read it. */
function redefine(stage: Stage): void {
  const id = stage.dice.pick(ids);
  const others = stage.segments.filter((segment) => segment.id !== id);
  const readers = JSON.stringify([others, stage.scores, stage.funnels, stage.programs]);
  if (stage.dice.chance(25) && !readers.includes(JSON.stringify(id))) {
    stage.segments = others;
    return;
  }
  const next = [...others, drawSegment(stage, id)];
  stage.segments = next.sort((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));
}

export const run = ({ database }: Stage, text: string) => database.run({ text, params: {} });

function drawn(stage: Stage, { type }: Field): string {
  const instant = () => drawInstant(stage.dice, stage.world.calendar, stage.now);
  const value = drawValue(stage.dice, type, instant);
  if (!type.isList || value === null) return literal(value, columnType(type));
  const items = itemsOf(value, type.scalar).map((item) => literal(item, columnType({ ...type, isList: false })));
  return `[${items.join(", ")}]`;
}

async function insert(stage: Stage, table: string, row: Readonly<Record<string, string>>): Promise<void> {
  const columns = Object.keys(row).map(quote).join(", ");
  await run(stage, `INSERT INTO ${quote(table)} (${columns}) VALUES (${Object.values(row).join(", ")})`);
}

const at = (stage: Stage) => literal(drawInstant(stage.dice, stage.world.calendar, stage.now), "TIMESTAMP");
const someone = ({ dice }: Stage) => `'c${dice.below(14)}'`;
const someAddress = ({ dice }: Stage) => `'${dice.pick(["ana", "bob", "cid"])}@x.example'`;

async function addEvent(stage: Stage): Promise<void> {
  const event = stage.dice.pick(stage.world.catalog.events);
  const own = event.fields.map((field) => [columnOf(field, "event"), drawn(stage, field)]);
  const when = at(stage);
  await run(
    stage,
    `INSERT INTO ${quote(eventTable(event.name))} (contact_id, occurred_at, received_at, event_id, batch, ${own
      .map(([name]) => quote(name ?? ""))
      .join(", ")})
      SELECT c.contact_id, ${when}, ${when}, 'new ${stage.made++}', 9, ${own.map(([, value]) => value).join(", ")}
      FROM contact AS c WHERE c.contact_id IN (${someone(stage)}, ${someone(stage)})`,
  );
}

async function changeContact(stage: Stage): Promise<void> {
  const { dice, world } = stage;
  const field = dice.pick(world.catalog.contact.fields.filter(({ isKey }) => !isKey));
  const name = quote(columnOf(field, "contact"));
  await run(stage, `UPDATE contact SET ${name} = ${drawn(stage, field)} WHERE contact_id = ${someone(stage)}`);
}

async function addContact(stage: Stage): Promise<void> {
  const id = someone(stage);
  const own = stage.world.catalog.contact.fields.map((field) => (field.isKey ? id : drawn(stage, field)));
  await run(stage, `INSERT INTO contact SELECT ${own.join(", ")} WHERE ${id} NOT IN (SELECT contact_id FROM contact)`);
}

/** As erasure does it: what points at the contact goes with the contact. */
async function removeContact(stage: Stage): Promise<void> {
  const id = someone(stage);
  const events = stage.world.catalog.events.map(({ name }) => eventTable(name));
  for (const table of [...events, "list_member", "contact_change", "contact"]) {
    await run(stage, `DELETE FROM ${quote(table)} WHERE contact_id = ${id}`);
  }
}

export const changes: Readonly<Record<string, (stage: Stage) => Promise<void> | void>> = {
  addEvent,
  moreEvents: addEvent,
  changeContact,
  addContact,
  removeContact,
  redefine,
  redraw,
  async changeCompany(stage) {
    const fields = stage.world.catalog.company?.fields.filter(({ isKey }) => !isKey) ?? [];
    const field = stage.dice.pick(fields);
    await run(stage, `UPDATE company SET ${quote(columnOf(field, "company"))} = ${drawn(stage, field)}`);
  },
  addToList: (stage) =>
    insert(stage, "list_member", {
      list: stage.dice.pick(["'vips'", "'press'"]),
      contact_id: someone(stage),
      added_at: at(stage),
    }),
  async removeFromList(stage) {
    await run(stage, `DELETE FROM list_member WHERE contact_id = ${someone(stage)}`);
  },
  suppress: (stage) => insert(stage, "suppression", { address: someAddress(stage), at: at(stage) }),
  consent: (stage) =>
    insert(stage, "consent", {
      address: someAddress(stage),
      topic: stage.dice.pick(["'tips'", "'news'", "'*'"]),
      state: String(stage.dice.chance(50)),
      at: at(stage),
    }),
  async checkpoint(stage) {
    await run(stage, "CHECKPOINT");
  },
  async rolledBack(stage) {
    const work = stage.database.transaction(async (session) => {
      await session.run({ text: "UPDATE contact SET email = 'nobody@x.example'", params: {} });
      await refreshIn(stage, session);
      throw new Error("as if the process had ended");
    });
    await expect(work).rejects.toThrow("as if the process had ended");
  },
};

export const refreshIn = (stage: Stage, session: Pick<Database, "run" | "change">): Promise<Refreshed> => {
  const plan = stagePlan(stage);
  const { calendar } = stage.world;
  // Of so few contacts most would be too many to be judged by themselves.
  const mostLooked = stage.dice.chance(75) ? 1 : 0.2;
  return refreshSegments({ session, plan, calendar, rules: rulesOf(plan), now: stage.now }, mostLooked);
};

/** Members of each segment, by judging everybody now. */
export async function membersNow(stage: Stage): Promise<Values> {
  const plan = stagePlan(stage);
  const found: Record<string, string> = {};
  for (const { id } of plan.segments) {
    const printed = bind(printMembers(plan, id), stage.world.calendar, stage.now);
    const rows = await stage.database.run({
      ...printed,
      // The drawn world has events of people who are no contacts, as no load lets them in.
      text: `SELECT DISTINCT m.contact_id FROM (${printed.text}) AS m SEMI JOIN contact AS c ON c.contact_id = m.contact_id ORDER BY ALL`,
    });
    found[id] = rows.map((row) => row.contact_id).join(" ");
  }
  return found;
}

export async function membersStored(stage: Stage): Promise<Values> {
  const { store } = await readStore(stage.database);
  const slots = store?.slots ?? new Map();
  const found: Record<string, string> = {};
  for (const { id } of stage.segments) {
    const rows = await run(stage, `${printStored({ slots }, id)} ORDER BY m.contact_id`);
    found[id] = rows.map((row) => row.contact_id).join(" ");
  }
  return found;
}

/** A stage of a random world, with everything drawn. The database is closed behind `work`. */
export async function withStage(seed: number, work: (stage: Stage) => Promise<void>): Promise<void> {
  const dice = diceOf(seed);
  const world = drawWorld(dice);
  const database = valueFrom(await openDatabase(":memory:", { threads: 1 }));
  try {
    await ensureSchema(database);
    await build(
      {
        exec: async (text) => void (await database.run({ text, params: {} })),
        rows: (sql) => database.run(sql),
        close: () => undefined,
      },
      world,
    );
    const nothing = { segments: [], scores: [], funnels: [], programs: [] };
    const stage: Stage = { database, dice, world, now: world.now, ...nothing, made: 0 };
    stage.segments = [drawSegment(stage, "S0")];
    redraw(stage);
    for (const id of ids.slice(1)) stage.segments = [...stage.segments, drawSegment(stage, id)];
    await work(stage);
  } finally {
    await database.close();
  }
}

export function step(stage: Stage, isBack: boolean): void {
  const { dice, world } = stage;
  const by = dice.pick(lengths);
  const small = dice.pick([1, 1000, 60_000, 3_600_000]);
  const next = dice.chance(50) ? stage.now + small : world.calendar.shift(stage.now, by) + dice.pick([0, -1, 1]);
  stage.now = isBack ? stage.now - (next - stage.now) : next;
}
