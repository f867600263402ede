// The HTTP server: takes requests within limits, hands them to the rooms, and answers whatever happens.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Failed, failure, systemReason } from "../failures/failures.ts";
import type { Result } from "../ports.ts";
import { type Answer, faultPage } from "./page.ts";

export interface Asked {
  readonly method: string;
  /** Below the address that the public knows, with a slash in front. */
  readonly path: string;
  readonly contentType: string;
  readonly authorization: string;
  readonly body: Buffer;
}

/** One kind of page; null: the path is none of its own. */
export type Room = (asked: Asked) => Promise<Answer> | null;

export interface ServerRequest {
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  /** What the public address has in front of every path, such as `/mail`; a proxy may leave it out. */
  readonly prefix: string;
  readonly rooms: readonly Room[];
  /** Most bytes of a body by the path; absent: the same for all. */
  readonly mostBytes?: (path: string) => number | null;
  /** Told of mistakes of ours; whoever asked gets an answer all the same. */
  readonly onBug: (error: unknown) => void;
}

export interface RunningServer {
  readonly port: number;
  /** Answers what was asked completely, and hangs up on everybody else. */
  close(): Promise<void>;
}

/** Of a body, in bytes. */
const mostBytes = 256 * 1024;
const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  // Longer than proxies keep theirs (60 s as a rule), or else they ask on a connection that is just being closed.
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
};
const mostConnections = 1_000;

/** F450 where the port cannot be had. */
export async function startServer(request: ServerRequest): Promise<Result<RunningServer>> {
  const { host, port, onBug } = request;
  const working = new Set<Promise<void>>();
  const server = createServer(limits, (incoming, response) => {
    take(request, incoming, response, working).catch((error: unknown) => {
      response.destroy();
      onBug(error);
    });
  });
  server.maxConnections = mostConnections;
  const failed = await listening(server, host, port);
  if (failed !== null) return { ok: false, failure: failure("F450", { host, port, reason: failed }) };
  server.on("error", onBug);
  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await Promise.allSettled(working);
    server.closeAllConnections();
    await closed;
  };
  return { ok: true, value: { port: (server.address() as AddressInfo).port, close } };
}

function listening(server: Server, host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const onError = (error: unknown) => resolve(systemReason(error));
    server.once("error", onError);
    server.listen({ host, port }, () => {
      server.off("error", onError);
      resolve(null);
    });
  });
}

async function take(
  request: ServerRequest,
  incoming: IncomingMessage,
  response: ServerResponse,
  working: Set<Promise<void>>,
): Promise<void> {
  const path = pathOf(incoming.url ?? "", request.prefix);
  const body = await bodyOf(incoming, (path !== null && request.mostBytes?.(path)) || mostBytes);
  // Who hangs up while asking wants no answer.
  if (body === "gone") return void response.destroy();
  if (body === "large") return write(response, incoming, { ...faultPage("large"), isLast: true });
  const work = (async () => write(response, incoming, await answerTo(request, incoming, body)))();
  working.add(work);
  try {
    await work;
  } finally {
    working.delete(work);
  }
}

/** Never more than the limit is kept, whatever the request says of its length. */
async function bodyOf(incoming: IncomingMessage, most: number): Promise<Buffer | "large" | "gone"> {
  if (Number(incoming.headers["content-length"] ?? 0) > most) return "large";
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve) => {
    incoming.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > most) {
        incoming.pause();
        resolve("large");
      } else chunks.push(chunk);
    });
    incoming.on("end", () => resolve(Buffer.concat(chunks)));
    incoming.on("error", () => resolve("gone"));
    incoming.on("close", () => resolve("gone"));
  });
}

async function answerTo(request: ServerRequest, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const path = pathOf(incoming.url ?? "", request.prefix);
  if (path === null) return faultPage("unreadable");
  const { method = "GET", headers } = incoming;
  const { "content-type": contentType = "", authorization = "" } = headers;
  const asked = { method, path, contentType, authorization, body };
  try {
    for (const room of request.rooms) {
      const answer = await room(asked);
      if (answer !== null) return answer;
    }
    return faultPage("unknown");
  } catch (error) {
    // A failure of the store passes; the same request is good later.
    if (error instanceof Failed) return faultPage("closed");
    request.onBug(error);
    return faultPage("broken");
  }
}

/** As it was asked for: what is written in another way is another page. */
function pathOf(url: string, prefix: string): string | null {
  const [path = ""] = url.split("?", 1);
  if (!path.startsWith("/")) return null;
  return prefix !== "" && path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
}

/** Resolves when the answer is on its way, or nobody is there to take it. */
function write(response: ServerResponse, { method }: IncomingMessage, answer: Answer): Promise<void> {
  const headers = { ...answer.headers, "content-length": String(Buffer.byteLength(answer.body)) };
  return new Promise((resolve) => {
    response.on("close", resolve);
    response.writeHead(answer.status, answer.isLast ? { ...headers, connection: "close" } : headers);
    response.end(method === "HEAD" ? "" : answer.body, () => {
      if (answer.isLast) response.destroy();
      resolve();
    });
  });
}
