// A client of the control socket that watches.

import type { Cadenza } from "./cadenza.ts";
import type { Result } from "./ports.ts";
import { pushLine } from "./serve/control-protocol.ts";
import type { Client } from "./serve/control-push.ts";
import type { Watched } from "./snapshot.ts";

/** All watchers are told the same, so it is written once. */
const lines = new WeakMap<Watched, string>();

function lineOf(seen: Watched): string {
  const line = lines.get(seen) ?? pushLine(seen);
  lines.set(seen, line);
  return line;
}

/** Asked twice it is the same as once. */
export function subscribing(engine: Cadenza, client: Client): () => Result<null> {
  let isWatching = false;
  return () => {
    if (!isWatching) client.onGone(engine.watch((seen) => client.show(lineOf(seen))));
    isWatching = true;
    return { ok: true, value: null };
  };
}
