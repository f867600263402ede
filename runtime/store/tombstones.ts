// Tombstones: who was forgotten, as keyed hashes of key and address. They lie in a file beside the database, one line for each
// erasure, so that no restored backup brings anybody back; the database holds them too, as far as it has been erased by them.

import { createHmac } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Param } from "../../compiler/sql/sql.ts";
import { duckdb } from "../../compiler/sql/dialect.ts";
import { Failed, failure, systemReason } from "../failures/failures.ts";
import type { Instant, Session } from "../ports.ts";
import { statement } from "./schema.ts";

export interface Tombstone {
  readonly kind: "key" | "address";
  /** Hex. */
  readonly digest: string;
  readonly at: Instant;
}

export interface Erased {
  /** Hex. */
  readonly secret: string;
  readonly tombstones: readonly Tombstone[];
}

const secretFile = (folder: string): string => join(folder, "erased.key");
const sideFile = (folder: string): string => join(folder, "erased.jsonl");

/** null where nobody was ever forgotten. */
export function readErased(folder: string): Erased | null {
  if (!existsSync(sideFile(folder))) return null;
  const tombstones = readFileSync(sideFile(folder), "utf8").split("\n").flatMap(tombstonesIn);
  if (tombstones.length === 0) return null;
  return { secret: readSecret(folder), tombstones };
}

/** By which forgotten people are known; null where nobody was ever forgotten. `place` as in a request to open. */
export const erasedSecretIn = (place: ":memory:" | { readonly folder: string }): string | null =>
  place === ":memory:" ? null : (readErased(place.folder)?.secret ?? null);

/** How long the list of who was forgotten is, which only grows. */
export const erasedSize = (place: ":memory:" | { readonly folder: string }): number =>
  place === ":memory:" ? 0 : (statSync(sideFile(place.folder), { throwIfNoEntry: false })?.size ?? 0);

/** Says of an address whether it was forgotten, without asking the database. */
export function forgottenIn(place: ":memory:" | { readonly folder: string }): (address: string) => boolean {
  let read: { readonly size: number; readonly secret: string; readonly digests: ReadonlySet<string> } | null = null;
  return (address) => {
    const size = erasedSize(place);
    if (size === 0 || place === ":memory:") return false;
    if (read?.size !== size) {
      const erased = readErased(place.folder);
      const digests = new Set(erased?.tombstones.map(({ digest }) => digest));
      read = { size, secret: erased?.secret ?? "", digests };
    }
    return read.digests.size > 0 && read.digests.has(digestOf(read.secret, "address", address));
  };
}

/** A line that was cut off was never begun. */
function tombstonesIn(line: string): readonly Tombstone[] {
  try {
    return JSON.parse(line) as readonly Tombstone[];
  } catch {
    return [];
  }
}

function readSecret(folder: string): string {
  const path = secretFile(folder);
  const found = existsSync(path) ? readFileSync(path, "utf8").trim() : "";
  if (!/^[0-9a-f]{64}$/.test(found)) throw new Failed(failure("F505", { path }));
  return found;
}

/** The secret, made where there is none. */
export function secretIn(folder: string, makeSecret: () => string): string {
  if (existsSync(secretFile(folder))) return readSecret(folder);
  const secret = makeSecret();
  writeWhole(`${secretFile(folder)}.new`, "w", `${secret}\n`);
  renameSync(`${secretFile(folder)}.new`, secretFile(folder));
  return secret;
}

/** Adds those of another folder. F511 where people were forgotten in both by different secrets. */
export function takeOver(folder: string, { secret, tombstones }: Erased): void {
  const own = readErased(folder);
  if (own && own.secret !== secret) throw new Failed(failure("F511", { path: secretFile(folder) }));
  const known = new Set(own?.tombstones.map(({ digest }) => digest));
  const missing = tombstones.filter(({ digest }) => !known.has(digest));
  if (missing.length === 0) return;
  if (!own) {
    writeWhole(`${secretFile(folder)}.new`, "w", `${secret}\n`);
    renameSync(`${secretFile(folder)}.new`, secretFile(folder));
  }
  addTombstones(folder, missing);
}

/** From here on the person is to be forgotten, whatever happens to the process. */
export function addTombstones(folder: string, tombstones: readonly Tombstone[]): void {
  const path = sideFile(folder);
  // What was cut off before must not swallow this line.
  const isCut = existsSync(path) && !/(^|\n)$/.test(readFileSync(path, "utf8"));
  writeWhole(path, "a", `${isCut ? "\n" : ""}${JSON.stringify(tombstones)}\n`);
}

function writeWhole(path: string, flags: "a" | "w", text: string): void {
  try {
    const file = openSync(path, flags, 0o600);
    writeSync(file, text);
    fsyncSync(file);
    closeSync(file);
  } catch (error) {
    throw new Failed(failure("F119", { path, reason: systemReason(error) }));
  }
}

const blockBytes = 64;

/** The key of an HMAC, laid over one of its two pads. */
function padded(secret: string, pad: number): string {
  const key = Buffer.alloc(blockBytes);
  Buffer.from(secret, "hex").copy(key);
  return Buffer.from(key.map((byte) => byte ^ pad)).toString("hex");
}

const said = (kind: Tombstone["kind"], value: string): string => `${kind}:${value}`;

/** HMAC-SHA256 of a key, or of an address in small letters without outer space. */
export function digestOf(secret: string, kind: Tombstone["kind"], value: string): string {
  const plain = kind === "address" ? value.trim().toLowerCase() : value;
  return createHmac("sha256", Buffer.from(secret, "hex")).update(said(kind, plain)).digest("hex");
}

export interface DigestSql {
  readonly params: Readonly<Record<string, Param>>;
  /** SQL of the digest of a text; NULL of NULL. */
  of(kind: Tombstone["kind"], sql: string): string;
}

/** The same by the database, for many at once. */
export function digestSql(secret: string): DigestSql {
  return {
    params: {
      inner: { kind: "text", value: padded(secret, 0x36) },
      outer: { kind: "text", value: padded(secret, 0x5c) },
    },
    of: (kind, sql) => {
      const plain = kind === "address" ? duckdb.fold(sql) : sql;
      return `sha256(unhex($outer) || unhex(sha256(unhex($inner) || encode('${said(kind, "")}' || ${plain}))))`;
    },
  };
}

/** Tombstones by which the database has not been erased yet. */
export async function pendingIn(session: Session, { tombstones }: Erased): Promise<readonly Tombstone[]> {
  const rows = await session.run(statement("SELECT digest FROM tombstone"));
  const known = new Set(rows.map((row) => String(row.digest)));
  return tombstones.filter(({ digest }) => !known.has(digest));
}
