// The control socket: who may write to the state folder's socket asks the engine that runs.

import { chmodSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { Failed, failure, systemReason } from "../failures/failures.ts";
import type { Failure, Result } from "../ports.ts";
import { reach } from "./control-client.ts";
import { entryAt, isForeign, prepareFolder, socketPlace } from "./control-place.ts";
import { type Client, clientOf } from "./control-push.ts";
import { answerLine, type Hello, mostLineBytes, readAsking } from "./control-protocol.ts";
import { linesOf } from "./lines.ts";

/** Answers one client. */
export type ControlDoor = (ask: string, given: Readonly<Record<string, unknown>>) => Promise<Result<unknown>>;

export interface ControlServerRequest {
  /** Of the project's state. */
  readonly folder: string;
  readonly hello: Hello;
  /** User of this process; null where the system has none. */
  readonly uid: number | null;
  /** For each client that comes. */
  readonly door: (client: Client) => ControlDoor;
  /** Told of mistakes of ours; whoever asked gets an answer all the same. */
  readonly onBug: (error: unknown) => void;
}

export interface ControlServer {
  readonly path: string;
  /** Answers what was asked completely, hangs up, and takes the socket away. */
  close(): Promise<void>;
}

const mostClients = 100;
/** How long an engine that ends waits for clients to take what they were told, in milliseconds. */
const patienceMs = 2_000;

/** F480, F481 where the socket cannot be had, F482 where another user's is there, F487 where another engine answers. */
export async function startControl(request: ControlServerRequest): Promise<Result<ControlServer>> {
  const { folder, uid } = request;
  const place = socketPlace(folder);
  const refused = prepareFolder(place, uid) ?? (await inTheWay(place.path, request));
  if (refused) return { ok: false, failure: refused };
  const clients = new Set<Socket>();
  const working = new Set<Promise<unknown>>();
  const server = createServer((socket) => {
    clients.add(socket);
    socket.on("close", () => clients.delete(socket));
    // Who vanishes wants no answer.
    socket.on("error", () => socket.destroy());
    converse(socket, request, working).catch(() => socket.destroy());
  });
  server.maxConnections = mostClients;
  const failed = await bind(server, place.folder, place.path);
  if (failed) return { ok: false, failure: failed };
  server.on("error", request.onBug);
  const own = entryAt(place.path)?.ino;
  return {
    ok: true,
    value: {
      path: place.path,
      close: async () => {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        await Promise.allSettled(working);
        for (const socket of clients) {
          // Who takes nothing holds nobody up.
          socket.setTimeout(patienceMs, () => socket.destroy());
          socket.destroySoon();
        }
        await closed;
        if (entryAt(place.path)?.ino === own) rmSync(place.path, { force: true });
      },
    },
  };
}

/** A socket that nobody listens at was left by an engine that died. */
async function inTheWay(path: string, { uid }: ControlServerRequest): Promise<Failure | null> {
  const entry = entryAt(path);
  if (entry === null) return null;
  if (isForeign(entry, uid)) return failure("F482", { path, uid: entry.uid });
  if (!entry.isSocket()) return failure("F484", { path });
  const reached = await reach(path);
  if (typeof reached === "string") return null;
  reached.destroy();
  return failure("F487", { path });
}

/** In a folder of its own first, so that nobody else can reach the socket before its mode is set. */
async function bind(server: Server, folder: string, path: string): Promise<Failure | null> {
  let making: string | null = null;
  try {
    making = mkdtempSync(join(folder, ".s-"));
    const made = join(making, "s");
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(made, () => {
        server.off("error", reject);
        resolve();
      });
    });
    chmodSync(made, 0o600);
    renameSync(made, path);
    return null;
  } catch (error) {
    server.close();
    return failure("F481", { path, reason: systemReason(error) });
  } finally {
    if (making !== null) rmSync(making, { recursive: true, force: true });
  }
}

/** One request after the other; what comes meanwhile waits with the client. */
async function converse(
  socket: Socket,
  { hello, door, onBug }: ControlServerRequest,
  working: Set<Promise<unknown>>,
): Promise<void> {
  const answer = door(clientOf(socket));
  await say(socket, JSON.stringify(hello));
  for await (const line of linesOf(socket, mostLineBytes)) {
    const asking = line === null ? `a line has at most ${mostLineBytes} bytes` : readAsking(line);
    if (typeof asking === "string") {
      // Behind a line that is no request nobody knows where the next one starts.
      await say(socket, answerLine(null, { ok: false, failure: failure("F489", { reason: asking }) }));
      break;
    }
    // Whoever ends waits until the answer is on its way, and not until the client has taken it.
    const work = answered(() => answer(asking.ask, asking.with), onBug).then((result) => ({
      said: say(socket, answerLine(asking.id, result)),
    }));
    working.add(work);
    const { said } = await work.finally(() => working.delete(work));
    await said;
  }
  socket.end();
}

async function answered(
  work: () => Promise<Result<unknown>>,
  onBug: (error: unknown) => void,
): Promise<Result<unknown>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failed) return { ok: false, failure: error.failure };
    onBug(error);
    return { ok: false, failure: failure("F488", {}) };
  }
}

/** Resolves when the line is on its way, or nobody is there to take it. */
function say(socket: Socket, line: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    socket.once("close", resolve);
    socket.write(`${line}\n`, () => {
      socket.off("close", resolve);
      resolve();
    });
  });
}
