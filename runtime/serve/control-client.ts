// The other end of the control socket: a command that asks the engine that runs.

import { connect, type Socket } from "node:net";
import { existsSync } from "node:fs";
import { failure, systemReason } from "../failures/failures.ts";
import type { Failure, Result } from "../ports.ts";
import { distrust, entryAt, isForeign, socketPlace } from "./control-place.ts";
import { type Hello, mostAnswerBytes, protocolVersion, readAnswer, readHello, readPush } from "./control-protocol.ts";
import { linesOf } from "./lines.ts";

export interface ControlClient {
  readonly hello: Hello;
  /** F486 where the engine ends before it answers. */
  ask(ask: string, given: Readonly<Record<string, unknown>>): Promise<Result<unknown>>;
  /** Called with what the engine tells without being asked, which it does for who asked to `subscribe`. */
  onSeen(listener: (seen: unknown) => void): void;
  /** Resolves when the connection is over. */
  readonly ended: Promise<void>;
  close(): void;
}

/** How long an engine may take to greet, in milliseconds. It does so even while a statement takes long. */
const greetingMs = 10_000;
/** Nobody listens there any more. */
const left: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOENT"]);

/** The connection, or how the system says that there is none. */
export function reach(path: string): Promise<Socket | string> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("error", (error) => resolve(systemReason(error)));
    socket.once("connect", () => resolve(socket));
  });
}

/**
 * Connects to the engine that runs on a state folder; null where none does.
 * @returns F480, F482 where the socket is another user's, F483 where the engine is of another version, F484 where no engine answers
 */
export async function connectControl(
  stateFolder: string,
  { uid, version }: { readonly uid: number | null; readonly version: string },
): Promise<Result<ControlClient | null>> {
  if (!existsSync(stateFolder)) return { ok: true, value: null };
  const { path, folder, isApart } = socketPlace(stateFolder);
  const refuse = (refused: Failure): Result<never> => ({ ok: false, failure: refused });
  const distrusted = isApart ? distrust(folder, uid) : null;
  if (distrusted) return refuse(distrusted);
  const entry = entryAt(path);
  if (entry === null) return { ok: true, value: null };
  if (isForeign(entry, uid)) return refuse(failure("F482", { path, uid: entry.uid }));
  const reached = entry.isSocket() ? await reach(path) : "";
  if (typeof reached === "string") {
    return left.has(reached) ? { ok: true, value: null } : refuse(failure("F484", { path }));
  }
  return greeted(reached, path, version);
}

async function greeted(socket: Socket, path: string, version: string): Promise<Result<ControlClient>> {
  socket.on("error", () => socket.destroy());
  socket.setTimeout(greetingMs, () => socket.destroy());
  const lines = linesOf(socket, mostAnswerBytes);
  const first = await lines.next().catch(() => null);
  const hello = typeof first?.value === "string" ? readHello(first.value) : null;
  if (hello?.cadenza === protocolVersion) {
    socket.setTimeout(0);
    return { ok: true, value: conversing(socket, lines, hello) };
  }
  socket.destroy();
  const told = (of: string, protocol: number) => `Cadenza ${of} (protocol ${protocol})`;
  return {
    ok: false,
    failure: hello
      ? failure("F483", { path, theirs: told(hello.version, hello.cadenza), ours: told(version, protocolVersion) })
      : failure("F484", { path }),
  };
}

function conversing(socket: Socket, lines: AsyncGenerator<string | null>, hello: Hello): ControlClient {
  const waiting = new Map<number, (result: Result<unknown>) => void>();
  const ended: Result<never> = { ok: false, failure: failure("F486", {}) };
  let isOver = false;
  let asked = 0;
  let listener: (seen: unknown) => void = () => undefined;
  const listen = async () => {
    for await (const line of lines) {
      const seen = line === null ? undefined : readPush(line);
      if (seen !== undefined) {
        listener(seen);
        continue;
      }
      const answer = line === null ? null : readAnswer(line);
      if (answer === null) break;
      // What it cannot read it answers without an id.
      const id = answer.id ?? waiting.keys().next().value ?? 0;
      waiting.get(id)?.(answer.result);
      waiting.delete(id);
    }
  };
  const over = listen()
    .catch(() => undefined)
    .finally(() => {
      isOver = true;
      socket.destroy();
      for (const resolve of waiting.values()) resolve(ended);
    });
  return {
    hello,
    ask: (ask, given) =>
      new Promise((resolve) => {
        if (isOver) return resolve(ended);
        asked += 1;
        waiting.set(asked, resolve);
        socket.write(`${JSON.stringify({ id: asked, ask, with: given })}\n`);
      }),
    onSeen: (told) => {
      listener = told;
    },
    ended: over,
    close: () => socket.destroy(),
  };
}
