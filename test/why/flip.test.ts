// Whoever makes the named change to the rows finds that it turns the answer.

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../runtime/ports.ts";
import type { WhyChange } from "../../runtime/why/answer.ts";
import { whyIn } from "../../runtime/why/why.ts";
import type { Value, Values, World } from "../sql/world.ts";
import { drawCase, fill, isMember, openEmpty } from "./random.ts";

let database: Database;
beforeAll(async () => {
  database = await openEmpty();
});
afterAll(() => database.close());

// Of two events at one instant the smaller id comes first, so ids begin alike here and there.
const rowId = (one: WhyChange, time: number) => `why ${JSON.stringify(one)} ${time}`.replaceAll("'", "");

/** Rows of the world hold instants as epoch milliseconds. */
const stored = (value: unknown): Value =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT.*Z$/.test(value) ? Date.parse(value) : (value as Value);

/** The world as it were with the change. */
function changed(world: World, key: string, change: WhyChange): World {
  const { contact } = world.catalog;
  const person = world.contacts.find(({ id }) => id === key);
  const address = String(person?.[contact.address] ?? "")
    .trim()
    .toLowerCase();
  switch (change.kind) {
    case "set": {
      const value = stored(change.value);
      return {
        ...world,
        contacts: world.contacts.map((row) => (row === person ? { ...row, [change.field]: value } : row)),
      };
    }
    case "more":
    case "fewer": {
      const rows = world.events.get(change.event) ?? [];
      return { ...world, events: new Map([...world.events, [change.event, eventsWith(world, key, change, rows)]]) };
    }
    case "list": {
      const others = world.members.filter(({ list, contactId }) => list !== change.list || contactId !== key);
      const joined = { list: change.list, contactId: key, at: world.now };
      return { ...world, members: change.isOn ? [...others, joined] : others };
    }
    case "suppression": {
      const others = world.suppressed.filter((row) => row.address !== address);
      return { ...world, suppressed: change.isSuppressed ? [...others, { address, at: world.now }] : others };
    }
    default: {
      const said = { address, topic: change.topic, isYes: change.isYes, at: world.now };
      return { ...world, consents: [...world.consents, said] };
    }
  }
}

type Rows = World["events"] extends ReadonlyMap<string, infer R> ? R : never;

function eventsWith(world: World, key: string, change: WhyChange & { kind: "more" | "fewer" }, rows: Rows): Rows {
  if (change.kind === "fewer") {
    const gone = new Set(change.events.map(({ id }) => id));
    return rows.filter(({ eventId }) => !gone.has(eventId));
  }
  const event = world.catalog.events.find(({ name }) => name === change.event);
  const values = Object.fromEntries(Object.entries(change.values).map(([name, value]) => [name, stored(value)]));
  const more = Array.from({ length: change.times }, (_, time) => {
    const eventId = rowId(change, time);
    const own = event?.fields.find(({ name }) => name === (event.isMail ? "message" : event.key));
    const apart: Values = own?.type.scalar.kind === "text" ? { [own.name]: eventId } : {};
    return { contactId: key, at: change.at, eventId, values: { ...apart, ...values } };
  });
  return [...rows, ...more];
}

/** What would be rare otherwise. */
const asked = [
  ...[/./, /"(term|left)":\{"kind":"field"/, /"kind":"(in list|subscribed|refused)"/, /"kind":"suppressed"/],
  /"count":\{"op":"<=?","times":[1-9]/,
];

test("the named change turns the answer", { timeout: 300_000 }, async () => {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  const world = async (seed: number) => {
    const drawn = drawCase(seed, asked[Math.abs(seed) % asked.length]);
    const { plan } = drawn;
    const { now: at } = drawn.world;
    for (const key of ["c0", "c13"]) {
      await fill(database, drawn.world);
      const why = await whyIn(database, { plan, key, segment: "X", at });
      const changes = why?.flip.changes ?? null;
      // Nothing was touched by asking.
      expect(await isMember(database, drawn, { key, at })).toBe(why?.isMember);
      if (changes === null) {
        count(why?.flip.fixed.length === 0 ? "none" : "fixed");
        continue;
      }
      count(changes.length === 1 ? "one" : "several");
      for (const { kind } of changes) count(kind);
      const other = changes.reduce((so, change) => changed(so, key, change), drawn.world);
      await fill(database, other);
      const turned = await isMember(database, { plan, world: other }, { key, at });
      expect(turned, `${key} ${JSON.stringify(changes)} ${JSON.stringify(plan.segments, null, 1)}`).toBe(
        !why?.isMember,
      );
    }
  };
  await fc.assert(fc.asyncProperty(fc.integer(), world), { numRuns: 70, endOnFailure: true });
  for (const kind of ["one", "set", "more", "fewer", "list", "suppression", "consent"]) {
    expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(0);
  }
  expect(seen.get("one") ?? 0).toBeGreaterThan(seen.get("none") ?? 0);
});
