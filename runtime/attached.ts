// A screen at an engine of another process, for as long as it wants to: where the engine goes, it waits for the next one.

import { existsSync, realpathSync } from "node:fs";
import type { SegmentsView } from "./cadenza.ts";
import { failure } from "./failures/failures.ts";
import type { Clock, Failure, Result } from "./ports.ts";
import { type ControlClient, connectControl } from "./serve/control-client.ts";
import { entryAt, isTooLong, socketPlace } from "./serve/control-place.ts";
import type { Watched } from "./snapshot.ts";
import { type Actable, perform, type Station, type StationNews } from "./station.ts";

export interface AttachRequest {
  /** Of the project's state. */
  readonly folder: string;
  /** User of this process; null where the system has none. */
  readonly uid: number | null;
  /** Of this program. */
  readonly version: string;
  /** Who acts, for the record. */
  readonly by: string;
  readonly clock: Clock;
}

export interface Attached {
  readonly station: Station;
  close(): void;
}

/** How long to wait before one looks for the engine again. */
const retryEveryMs = 1_000;

/**
 * The engine that runs on a folder of state.
 * @returns F540 where none does, F541 where one has died there, F542 where the path of its socket is too long, F480 and F482 to
 * F484 as for `connect`
 */
export async function attach(request: AttachRequest): Promise<Result<Attached>> {
  const first = await reached(request);
  if (!first.ok) return first;
  const state: Attachment = { client: first.value, listener: () => undefined, ending: new AbortController() };
  void stay(request, state);
  const ask = async <T>(what: string, given: object = {}): Promise<Result<T>> =>
    // Both sides speak one version of the protocol, so what comes back is what the other side's method gives.
    (await state.client.ask(what, { ...given })) as Result<T>;
  const engine: Actable = {
    pause: (program, given = {}) => ask("pause", { program, ...given }),
    resume: (program, given = {}) => ask("resume", { program, ...given }),
    retry: (given = {}) => ask("retry", given),
    eject: (given) => ask("eject", given),
  };
  return {
    ok: true,
    value: {
      station: {
        subscribe: (listener) => {
          state.listener = listener;
          watch(state);
          return () => {
            state.listener = () => undefined;
          };
        },
        act: (deed) => perform(engine, deed, request.by),
        segments: () => ask<SegmentsView>("segments"),
      },
      close: () => {
        state.ending.abort();
        state.client.close();
      },
    },
  };
}

interface Attachment {
  client: ControlClient;
  listener: (news: StationNews) => void;
  readonly ending: AbortController;
}

function watch(state: Attachment): void {
  const { client } = state;
  const { version, pid } = client.hello;
  state.listener({ kind: "up", engine: `Cadenza ${version}, process ${pid}` });
  client.onSeen((seen) => state.listener({ kind: "seen", seen: seen as Watched }));
  void client.ask("subscribe", {}).then((answer) => {
    if (!answer.ok && answer.failure.code !== "F486") state.listener({ kind: "down", text: answer.failure.text });
  });
}

const ended = "The engine has ended.";
/** None is there yet. */
const isAway: ReadonlySet<string> = new Set(["F540", "F541"]);

/** Follows the engine over its ends and beginnings until the screen closes. */
async function stay(request: AttachRequest, state: Attachment): Promise<void> {
  const { signal } = state.ending;
  for (;;) {
    await state.client.ended;
    let text = ended;
    for (let isBack = false; !isBack; ) {
      if (signal.aborted) return;
      state.listener({ kind: "down", text });
      await request.clock.sleepUntil(request.clock.now() + retryEveryMs, signal);
      if (signal.aborted) return;
      const next = await reached(request);
      if (next.ok) {
        state.client = next.value;
        watch(state);
        isBack = true;
      } else text = isAway.has(next.failure.code) ? ended : next.failure.text;
    }
    // It was closed while the engine was being reached.
    if (signal.aborted) state.client.close();
  }
}

async function reached({ folder, uid, version }: AttachRequest): Promise<Result<ControlClient>> {
  const refuse = (refused: Failure): Result<never> => ({ ok: false, failure: refused });
  if (!existsSync(folder)) return refuse(failure("F540", { folder }));
  const { path } = socketPlace(folder);
  if (isTooLong(path)) return refuse(failure("F542", { path }));
  const connected = await connectControl(folder, { uid, version });
  if (!connected.ok) return connected;
  if (connected.value !== null) return { ok: true, value: connected.value };
  return refuse(entryAt(path) === null ? failure("F540", { folder: realpathSync(folder) }) : failure("F541", { path }));
}
