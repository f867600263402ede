// People whose dates start a program, and who has started by it.

import { nextMoment } from "../../runtime/engine/next-moment.ts";
import { at, clockOf, type World, worldOf } from "./world.ts";

type Values = Readonly<Record<string, string | number | null>>;

export async function dated(
  start: string,
  people: Readonly<Record<string, Values>>,
  zone = "UTC",
  when = "2026-03-01",
) {
  const world = await worldOf(`program p < ${start}  enter every time  send welcome >`, zone);
  for (const [id, values] of Object.entries(people)) await world.person(id, values);
  await world.apply(when);
  return world;
}

export const starts = async (world: World) =>
  (
    await world.rows(
      "SELECT contact_id, epoch_ms(started_at) AS at FROM enrollment ORDER BY started_at, contact_id, program",
    )
  ).map((row) => `${clockOf(Number(row.at))} ${row.contact_id}`);

/** Goes from moment to moment, as a replay does. */
export async function follow(world: World, from: string, until: string): Promise<readonly string[]> {
  const seen: string[] = [];
  await world.tick(from);
  for (let now: number | null = at(from); ; ) {
    now = await nextMoment(world.engine(), now);
    if (now === null || now > at(until)) return seen;
    seen.push(clockOf(now));
    await world.tick(clockOf(now));
  }
}
