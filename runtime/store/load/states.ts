// What is known of each load statement: when it was last run, on which files, and why it could not be run since.

import type { Load } from "../../../compiler/ir/load.ts";
import type { Failure, Instant, Session } from "../../ports.ts";
import { statement, text } from "../schema.ts";

/** A load statement is known by what it fills and from where. */
export const loadKey = ({ name, path }: Pick<Load, "name" | "path">): string => `${name}\u001f${path}`;

export interface LoadState {
  /** Null where it was never run. */
  readonly at: Instant | null;
  /** What its files were like then; null where nobody wrote it down. */
  readonly files: string | null;
}

export async function loadStates(session: Session): Promise<ReadonlyMap<string, LoadState>> {
  const rows = await session.run(
    statement(`SELECT b.load, b.path, max(b."at") AS "at", any_value(s.files) AS files FROM load_batch AS b
      LEFT JOIN load_state AS s ON s.load = b.load AND s.path = b.path GROUP BY b.load, b.path`),
  );
  return new Map(
    rows.map((row) => [
      loadKey({ name: String(row.load), path: String(row.path) }),
      { at: row.at === null ? null : Number(row.at), files: row.files === null ? null : String(row.files) },
    ]),
  );
}

/** `files` null: it could not be told. */
export async function rememberLoaded(session: Session, { name, path }: Load, files: string | null): Promise<void> {
  await session.change({
    text: `INSERT INTO load_state (load, path, files) VALUES ($load, $path, nullif($files, ''))
      ON CONFLICT DO UPDATE SET files = excluded.files, failed_since = NULL, reason = NULL, help = NULL`,
    params: { load: text(name), path: text(path), files: text(files ?? "") },
  });
}

/** The first of several failures says since when. */
export async function rememberFailed(
  session: Session,
  { name, path }: Load,
  { code, text: said, help }: Failure,
  now: Instant,
): Promise<void> {
  await session.change({
    text: `INSERT INTO load_state (load, path, failed_since, reason, help) VALUES ($load, $path, $now, $reason, $help)
      ON CONFLICT DO UPDATE SET failed_since = coalesce(load_state.failed_since, excluded.failed_since),
        reason = excluded.reason, help = excluded.help`,
    params: {
      load: text(name),
      path: text(path),
      now: { kind: "instant", value: now },
      reason: text(`${code} ${said}`),
      help: text(help),
    },
  });
}
