// Rules 5 and 32: starts by dates, at any instants at which the engine looks, beside another calendar that goes person by person.

import fc from "fast-check";
import { DateTime } from "luxon";
import { expect, test } from "vitest";
import { dated, follow, starts } from "./dated-people.ts";
import { at, clockOf, type World } from "./world.ts";

const zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"];
const days = fc.oneof(
  fc
    .integer({ min: Date.parse("2023-01-01"), max: Date.parse("2027-12-31") })
    .map((ms) => new Date(ms).toISOString().slice(0, 10)),
  fc.constantFrom("2024-02-29", "2024-02-28", "2024-03-01", "2023-12-31", "2024-01-01", "2026-03-29", "2026-10-25"),
);
interface Scene {
  readonly zone: string;
  readonly people: readonly { readonly renewal: string; readonly time_zone: string }[];
  readonly hour: number;
  readonly isLocal: boolean;
  readonly isAnniversary: boolean;
  readonly amount: number;
  readonly unit: "h" | "d" | "mo";
  readonly direction: "before" | "after";
}
const scenes: fc.Arbitrary<Scene> = fc.record({
  zone: fc.constantFrom(...zones),
  people: fc.array(fc.record({ renewal: days, time_zone: fc.constantFrom(...zones) }), { minLength: 1, maxLength: 8 }),
  hour: fc.integer({ min: 0, max: 23 }),
  isLocal: fc.boolean(),
  isAnniversary: fc.boolean(),
  amount: fc.integer({ min: 0, max: 40 }),
  unit: fc.constantFrom("h" as const, "d" as const, "mo" as const),
  direction: fc.constantFrom("before" as const, "after" as const),
});

function sceneWorld({ zone, people, hour, isLocal, isAnniversary, amount, unit, direction }: Scene): Promise<World> {
  const clock = `at ${String(hour).padStart(2, "0")}:00${isLocal ? " local" : ""}`;
  const when = amount === 0 ? "on" : `${amount}${unit} ${direction}`;
  return dated(
    `start ${when} ${isAnniversary ? "anniversary of " : ""}renewal ${clock}`,
    Object.fromEntries(people.map((person, index) => [`p${index}`, person])),
    zone,
  );
}

interface Start {
  readonly id: string;
  readonly moment: number;
}

/** Person by person, by another calendar. */
function expectedOf(scene: Scene, first: number, last: number): readonly Start[] {
  const { zone, people, hour, isLocal, isAnniversary, amount, unit, direction } = scene;
  const offset = { [{ h: "hours", d: "days", mo: "months" }[unit]]: direction === "before" ? -amount : amount };
  return people.flatMap(({ renewal, time_zone }, index) => {
    const own = DateTime.fromISO(renewal, { zone: "utc" });
    const years = isAnniversary ? [...Array(12).keys()] : [0];
    return years.flatMap((year) => {
      const day = own.plus({ years: year }).plus(unit === "h" ? {} : offset);
      const place = isLocal ? time_zone : zone;
      const local = DateTime.fromObject({ year: day.year, month: day.month, day: day.day, hour }, { zone: place });
      const moment = firstOf(local)
        .plus(unit === "h" ? offset : {})
        .toMillis();
      return moment >= first && moment <= last ? [{ id: `p${index}`, moment }] : [];
    });
  });
}

const line = ({ id, moment }: Start) => `${clockOf(moment)} ${id}`;
const inOrder = (lines: readonly string[]) => lines.toSorted();
const first = at("2026-03-01");

test("whoever starts does so at the moments of the calendar, and all others that came are written down", async () => {
  const ticks = fc.array(fc.integer({ min: 0, max: 500 * 24 }), { minLength: 1, maxLength: 6 });
  const law = async (scene: Scene, hours: readonly number[]) => {
    const world = await sceneWorld(scene);
    const instants = [...new Set(hours)].sort((a, b) => a - b).map((hour) => first + hour * 3_600_000);
    for (const instant of instants) await world.tick(clockOf(instant));
    const expected = expectedOf(scene, first, instants.at(-1) ?? first);
    const looked = (moment: number) => instants.find((instant) => instant >= moment) ?? Number.NaN;
    const isMissed = ({ moment }: Start) => looked(moment) - moment > 86_400_000;
    expect(inOrder(await starts(world))).toEqual(inOrder(expected.filter((one) => !isMissed(one)).map(line)));
    const missed = await world.rows("SELECT contact_id, reason FROM journal WHERE outcome = 'missed'");
    const noted = missed.map(({ contact_id, reason }) => `${contact_id} ${String(reason).split(" ")[3]}`);
    expect(inOrder(noted)).toEqual(
      inOrder(expected.filter(isMissed).map(({ id, moment }) => `${id} ${new Date(moment).toISOString()}`)),
    );
  };
  await fc.assert(fc.asyncProperty(scenes, ticks, law), { numRuns: 12 });
});

test("a clock that jumps stops at each of those moments", async () => {
  const law = async (scene: Scene) => {
    const world = await sceneWorld(scene);
    const seen = await follow(world, "2026-03-01", "2027-09-01");
    const expected = expectedOf(scene, first, at("2027-09-01"));
    expect(inOrder(await starts(world))).toEqual(inOrder(expected.map(line)));
    expect(seen.length).toBeLessThanOrEqual(expected.length);
  };
  await fc.assert(fc.asyncProperty(scenes, law), { numRuns: 8 });
});

/** Luxon moves a skipped clock forward too; of one that comes twice it may take the second. */
function firstOf(local: DateTime): DateTime {
  for (const minutes of [60, 30]) {
    const earlier = local.minus({ minutes });
    if (earlier.hour === local.hour && earlier.minute === local.minute) return earlier;
  }
  return local;
}
