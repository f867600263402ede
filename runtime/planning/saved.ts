// Plans that are saved, so that later what was announced is made live, and nothing else. A file holds hashes and digests: who
// it is about can be checked, and not be read from it.

import { createHash } from "node:crypto";
import { canonical, hashOf } from "../../compiler/hash.ts";
import { failure } from "../failures/failures.ts";
import type { Database, Failure, Instant, Result } from "../ports.ts";
import { beyond, type Happened } from "./announced.ts";
import type { Foresight } from "./foresee.ts";

const format = 1;

/** What tells a database from others, whatever was loaded and applied since; null where it has no such thing yet. */
interface Traces {
  readonly firstLoad: string | null;
  readonly firstApplied: string | null;
}

interface Saved {
  readonly kind: "cadenza plan";
  readonly format: number;
  readonly project: string;
  /** The instant that it is about, in ISO 8601. */
  readonly at: string;
  /** Hash of the meaning of the sources. */
  readonly next: string;
  readonly live: { readonly version: number; readonly meaning: string } | null;
  readonly database: Traces;
  /** A digest for each mail and each move of each person, sorted. */
  readonly announced: readonly string[];
  /** Hash of all else. */
  readonly seal: string;
}

export async function tracesOf(database: Database): Promise<Traces> {
  const first = async (query: string) => {
    const [row] = await database.run({ text: query, params: {} });
    return row ? hashOf(row) : null;
  };
  return {
    firstLoad: await first(`SELECT load, path, "at", loaded FROM load_batch ORDER BY "at", batch LIMIT 1`),
    firstApplied: await first(`SELECT "at", hash AS meaning FROM applied ORDER BY version LIMIT 1`),
  };
}

/** What happens to people without mailing or moving them. */
const standing: ReadonlySet<string> = new Set(["dropped", "skipped", "delayed", "missed", "failed"]);

type Salt = Pick<Saved, "next" | "at" | "live">;

/** As short as leaves two lines of a million alike once in ten thousand plans. */
const digestLength = 16;

function digests(salt: Salt, one: Happened): (person: string) => string {
  const { program, step, outcome, email } = one;
  const head = canonical([salt.next, salt.at, salt.live, program, step, outcome, email]);
  return (person) => createHash("sha256").update(`${head}\u001f${person}`).digest("hex").slice(0, digestLength);
}

export interface Savable {
  readonly foresight: Foresight;
  readonly next: string;
  readonly traces: Traces;
}

/** The text of the file. */
export function savedText({ foresight, next, traces }: Savable): string {
  const { foreseen, after } = foresight;
  const salt = { next, at: isoOf(foreseen.at), live: liveOf(foresight) };
  const announced = after
    .filter(({ outcome }) => !standing.has(outcome))
    .flatMap((one) => one.people.map(digests(salt, one)))
    .sort();
  const saved: Omit<Saved, "seal"> = {
    kind: "cadenza plan",
    format,
    project: foreseen.project,
    ...salt,
    database: traces,
    announced,
  };
  return `${JSON.stringify({ ...saved, seal: hashOf(saved) }, null, 1)}\n`;
}

/** `hash` is no part of canonical JSON, and so of no seal. */
const liveOf = ({ live }: Foresight): Saved["live"] => live && { version: live.version, meaning: live.hash };

const isoOf = (at: Instant) => new Date(at).toISOString();

/** What a file holds: F420 where it is no plan as it was saved, F421 where a newer Cadenza saved it. */
export function readSaved(text: string): Result<Saved> {
  const damaged = { ok: false, failure: failure("F420", {}) } as const;
  const value = parsed(text);
  if (typeof value !== "object" || value === null) return damaged;
  const { seal, ...rest } = value as Partial<Saved>;
  if (rest.kind !== "cadenza plan" || typeof rest.format !== "number") return damaged;
  if (rest.format > format) return { ok: false, failure: failure("F421", { format: rest.format }) };
  // The seal holds for what this version itself has written, so that the rest is as it wrote it.
  return seal === hashOf(rest) ? { ok: true, value: value as Saved } : damaged;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export interface Recomputed extends Savable {
  readonly project: string;
}

/** Why a saved plan no longer says what would happen; null where it does. */
export function reasonAgainst(saved: Saved, { project, next, traces, foresight }: Recomputed): Failure | null {
  if (saved.project !== project) return failure("F422", { saved: saved.project, own: project });
  if (isOther(saved.database, traces)) return failure("F423", {});
  const live = liveOf(foresight);
  const isMoved = canonical(saved.live) !== canonical(live);
  if (isMoved && live && live.meaning === saved.next) return failure("F426", { version: live.version });
  if (isMoved) return failure("F425", { was: saved.live?.version ?? null, is: live?.version ?? null });
  if (saved.next !== next) return failure("F424", {});
  return unannounced(saved, foresight);
}

function isOther(saved: Traces, own: Traces): boolean {
  const differs = (was: string | null, is: string | null) => was !== null && was !== is;
  return differs(saved.firstLoad, own.firstLoad) || differs(saved.firstApplied, own.firstApplied);
}

const fewKeys = 5;

/** Whom the edit would mail or move though the saved plan did not show it. */
function unannounced(saved: Saved, { before, after }: Foresight): Failure | null {
  const known = new Set(saved.announced);
  const keyOf = ({ people: _, ...what }: Happened) => JSON.stringify(what);
  const anyway = new Map(before.map((one) => [keyOf(one), one.people]));
  const people = new Set<string>();
  const mailed = new Set<string>();
  for (const one of after.filter(({ outcome }) => !standing.has(outcome))) {
    const digest = digests(saved, one);
    for (const person of beyond(one.people, anyway.get(keyOf(one)) ?? [])) {
      if (known.has(digest(person))) continue;
      people.add(person);
      if (one.outcome === "send") mailed.add(person);
    }
  }
  if (people.size === 0) return null;
  return failure("F427", { people: people.size, mailed: mailed.size, keys: [...people].sort().slice(0, fewKeys) });
}
