// A running engine in small: what a tick promises is handed over at once.

import { deliver } from "../../runtime/engine/deliver.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, type World } from "./world.ts";

/** Ticks and hands over. */
export async function go(world: World, ...when: readonly string[]): Promise<void> {
  for (const instant of when) {
    await world.tick(instant);
    await deliver({ engine: world.engine(), mailer: fakeMailer(), render: plainRender, now: at(instant) });
  }
}

/** What went out, in order: `03-02 09:00 ana welcome`. */
export async function sent(world: World): Promise<readonly string[]> {
  const rows = await world.rows(
    "SELECT strftime(settled_at, '%m-%d %H:%M') AS t, contact_id, email FROM outbox WHERE state = 'sent' ORDER BY ALL",
  );
  return rows.map(({ t, contact_id, email }) => `${t} ${contact_id} ${email}`);
}
