// Somebody is forgotten in a test: nothing of them is left, and nothing that is told of them later is taken in.

import type { TestPerson } from "../../compiler/ir/test.ts";
import { handOffsOf, mailsOf } from "./test-expect.ts";
import { movesOf } from "./test-timeline.ts";
import { settle, type TestWorld } from "./test-world.ts";

/** What is said of the same moment before has happened by then. Whoever has the address is forgotten too, as the whole address is. */
export async function forget(world: TestWorld, { id }: TestPerson): Promise<void> {
  await settle(world);
  await world.bench.forget(id, async (keys) => {
    for (const key of keys) {
      const [mails, handOffs, moves] = [
        await mailsOf(world, key),
        await handOffsOf(world, key),
        await movesOf(world, key),
      ];
      world.forgotten.set(key, { mails, handOffs, moves });
    }
  });
  world.nextByFacts = undefined;
  world.hasNews = true;
}
