// Which tables have been written: a count for each that no writer can forget, since it is kept where all statements pass.

import type { Sql } from "../../compiler/sql/sql.ts";
import type { Session } from "../ports.ts";

export interface Writes {
  /** Tables that rows were added to. */
  readonly appended: ReadonlySet<string>;
  /** Tables of which rows were changed or removed, or that were made anew. */
  readonly rewritten: ReadonlySet<string>;
}

const name = String.raw`(?:"((?:[^"]|"")+)"|([A-Za-z_]\w*))`;
const appending = new RegExp(String.raw`\bINSERT\s+INTO\s+${name}`, "gi");
const rewriting = new RegExp(
  String.raw`\b(?:INSERT\s+OR\s+\w+\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?|MERGE\s+INTO|COPY|DROP\s+TABLE(?:\s+IF\s+EXISTS)?|ALTER\s+TABLE(?!\s+\S+\s+ADD\s+COLUMN\s+IF\b)|RENAME\s+TO|CREATE\s+(?:OR\s+REPLACE\s+)?TABLE(?!\s+IF\b))\s+${name}`,
  "gi",
);
const isUpsert = /\bDO\s+UPDATE\b/i;

/** Tables that say nothing about the world: temporary ones, what is derived from all others, and what is not taken in yet. */
const isFact = (table: string): boolean =>
  !/^(temp|load_(stage|reject|event|repeat|forgotten)|segment_\w+|table_write|feedback_inbox|webhook_token|ingest_(message|aside|inbox))$/i.test(
    table,
  );

function namesIn(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map((found) => (found[1]?.replaceAll('""', '"') ?? found[2] ?? "").toLowerCase());
}

/** What a statement writes, by its text alone: rather a table too many than one too few. */
export function writesOf({ text }: Sql): Writes {
  const added = namesIn(text, appending).filter(isFact);
  const rewritten = new Set(namesIn(text, rewriting).filter(isFact));
  const isChanging = isUpsert.test(text);
  if (isChanging) for (const table of added) rewritten.add(table);
  return { appended: new Set(isChanging ? [] : added), rewritten };
}

export const isWriting = ({ appended, rewritten }: Writes): boolean => appended.size + rewritten.size > 0;

/** Adds one to the counts of the tables. */
export async function countWrites(session: Session, { appended, rewritten }: Writes): Promise<void> {
  const names = [...new Set([...appended, ...rewritten])];
  const texts = (values: readonly string[]) => ({ kind: "texts" as const, value: values });
  const params = { names: texts(names), appended: texts([...appended]), rewritten: texts([...rewritten]) };
  const more = (column: string, table: string) => `CAST(list_contains($${column}, ${table}name) AS BIGINT)`;
  const counted = await session.change({
    text: `UPDATE table_write SET appended = appended + ${more("appended", "")}, rewritten = rewritten + ${more("rewritten", "")}
      WHERE list_contains($names, name)`,
    params,
  });
  if (counted === names.length) return;
  await session.change({
    text: `INSERT INTO table_write SELECT u.name, ${more("appended", "u.")}, ${more("rewritten", "u.")}
      FROM unnest($names) AS u(name) ANTI JOIN table_write AS t ON t.name = u.name`,
    params,
  });
}
