// The Segment tracking API over HTTP: identify, track, page and batch, with a write key. 200 means that it is committed.

import { createHash, timingSafeEqual } from "node:crypto";
import type { Answer } from "./page.ts";
import type { Asked, Room } from "./server.ts";

/** `aside`: kept, since the project has no place for it. `refused`: it is not as it should be; kept too. */
export type IngestFate =
  | { readonly kind: "taken" }
  | { readonly kind: "aside"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

export type IngestAnswer = readonly { readonly id: string; readonly fate: IngestFate }[] | "crowded";

export interface IngestDoor {
  /** What is told is committed when it resolves. `type` null: each message says its own. */
  take(messages: readonly unknown[], type: string | null): Promise<IngestAnswer>;
}

/** Of a request, in bytes, and of messages in it. */
export const mostIngestBytes = 512 * 1024;
const mostMessages = 5_000;

const paths: ReadonlyMap<string, string | null> = new Map([
  ["/v1/identify", "identify"],
  ["/v1/track", "track"],
  ["/v1/page", "page"],
  ["/v1/batch", null],
  ["/v1/import", null],
]);

export const isIngestPath = (path: string): boolean => path.startsWith("/v1/");

/** Any site may send; who has the key is let in. */
const shared = {
  "content-type": "application/json; charset=utf-8",
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "authorization, content-type",
  "access-control-allow-methods": "POST",
  "access-control-max-age": "86400",
  "cache-control": "no-store",
};

const answer = (status: number, body: object, more: Answer["headers"] = {}): Answer => ({
  status,
  headers: { ...shared, ...more },
  body: `${JSON.stringify(body)}\n`,
});
const refusal = (status: number, message: string, more: Answer["headers"] = {}): Answer =>
  answer(status, { success: false, message }, more);

const digest = (key: string): Buffer => createHash("sha256").update(key).digest();

/** All keys are compared whatever the first says, and in the same time whatever was given. */
function isKey(given: string, keys: readonly Buffer[]): boolean {
  const found = digest(given);
  return keys.map((key) => timingSafeEqual(key, found)).includes(true);
}

/** The key is the user of basic authentication, without a password. */
function keyOf({ authorization }: Asked): string | null {
  const found = /^basic\s+([A-Za-z0-9+/=]+)$/i.exec(authorization.trim());
  return found
    ? (Buffer.from(found[1] ?? "", "base64")
        .toString("utf8")
        .split(":", 1)[0] ?? null)
    : null;
}

export function ingestRoom(keys: readonly string[], door: IngestDoor): Room {
  const known = keys.map(digest);
  return (asked) => {
    const type = paths.get(asked.path);
    if (type === undefined) return null;
    if (asked.method === "OPTIONS") return Promise.resolve({ status: 204, headers: shared, body: "" });
    if (asked.method !== "POST") return Promise.resolve(refusal(405, "POST only", { allow: "POST" }));
    const key = keyOf(asked);
    if (key === null || !isKey(key, known)) {
      return Promise.resolve(refusal(401, "the write key is wrong", { "www-authenticate": "Basic" }));
    }
    return taken(asked, type, door);
  };
}

async function taken({ body }: Asked, type: string | null, door: IngestDoor): Promise<Answer> {
  const said = messagesOf(body, type);
  if (typeof said === "string") return refusal(400, said);
  if (said.length > mostMessages) return refusal(413, `a batch holds at most ${mostMessages} messages`);
  const found = await door.take(said, type);
  if (found === "crowded") return refusal(503, "too much is waiting; send it again", { "retry-after": "5" });
  const told = (kind: "aside" | "refused") =>
    found.flatMap(({ id, fate }, index) => (fate.kind === kind ? [{ index, messageId: id, reason: fate.reason }] : []));
  const [aside, refused] = [told("aside"), told("refused")];
  const [only] = refused;
  if (type !== null && only) return refusal(400, only.reason);
  return answer(200, {
    success: true,
    ...(aside.length > 0 ? { keptAside: aside } : {}),
    ...(refused.length > 0 ? { rejected: refused } : {}),
  });
}

/** What is wrong with it, in words, where it holds no messages. */
function messagesOf(body: Buffer, type: string | null): readonly unknown[] | string {
  let said: unknown;
  try {
    said = JSON.parse(body.toString("utf8"));
  } catch {
    return "it is not JSON";
  }
  if (type !== null) return [said];
  const batch: unknown = typeof said === "object" && said !== null && "batch" in said ? said.batch : null;
  return Array.isArray(batch) ? batch : "`batch` is no list of messages";
}
