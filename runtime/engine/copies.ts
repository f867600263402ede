// Copies of the few rows that are read about picked mails. To find them means to look at whole tables, so those of many blocks
// are found at once; as long as nobody has written a table since, its copy says what the table says.

import { fill, run, type Turn } from "./engine.ts";
import { allContacts } from "./hours.ts";

const kinds = ["contacts", "ended", "consent", "suppression"] as const;
type Kind = (typeof kinds)[number];

/** FROM items of what is read about picked mails: of the whole table, or of what was copied of it. */
export interface Read extends Readonly<Record<Kind, string | null>> {
  readonly contacts: string;
  /** Enrollments that ended: enrollment_id and reason; null: none of theirs has. */
  readonly ended: string | null;
  readonly consent: string;
  readonly suppression: string;
  /** Whether these two hold words on few other addresses, or none. */
  readonly hasFewWords: boolean;
  /** False: no program is paused. */
  readonly mayBePaused: boolean;
}

interface Source {
  readonly table: string;
  readonly whole: string;
  readonly copy: string;
  /** Of the row and of the picked mail. */
  readonly keys: readonly [row: string, mail: string];
}

const sources: Readonly<Record<Kind, Source>> = {
  contacts: { table: "contact", whole: allContacts, copy: "picked_contact", keys: ["contact_id", "contact_id"] },
  ended: {
    table: "enrollment",
    whole: "(SELECT enrollment_id, reason FROM enrollment WHERE left_at IS NOT NULL)",
    copy: "picked_ended",
    keys: ["enrollment_id", "enrollment_id"],
  },
  consent: { table: "consent", whole: "consent", copy: "picked_consent", keys: ["address", "mailbox"] },
  suppression: {
    table: "suppression",
    whole: "suppression",
    copy: "picked_suppression",
    keys: ["address", "mailbox"],
  },
};

const each = <T>(of: (kind: Kind) => T): Readonly<Record<Kind, T>> => ({
  contacts: of("contacts"),
  ended: of("ended"),
  consent: of("consent"),
  suppression: of("suppression"),
});

export const wholeTables: Read = {
  ...each((kind) => sources[kind].whole),
  hasFewWords: false,
  mayBePaused: true,
};

interface Counts extends Readonly<Record<Kind, number>> {
  /** Programs that are paused. */
  readonly paused: number;
}

/** What was copied. */
export interface Copied {
  /** How often each table had been written. */
  readonly writes: Counts;
  /** Whether somebody has left who is to get a picked mail. */
  readonly hasEnded: boolean;
}

/** Copies what is read about the mails of the temporary table `picked`. */
export async function copyPicked(turn: Turn): Promise<Copied> {
  const rows = { contacts: 0, ended: 0, consent: 0, suppression: 0 };
  for (const kind of kinds) {
    const { whole, copy, keys } = sources[kind];
    const [row, mail] = keys;
    rows[kind] = await fill(
      turn,
      copy,
      () => `SELECT t.* FROM ${whole} AS t SEMI JOIN picked AS p ON p.${mail} = t.${row}`,
    );
  }
  return { writes: await countsOfWrites(turn), hasEnded: rows.ended > 0 };
}

/** Where to read now: in the copies that still hold. */
export async function readCopies(turn: Turn, copied: Copied): Promise<Read> {
  const now = await countsOfWrites(turn);
  const holds = (kind: Kind) => now[kind] === copied.writes[kind];
  const read = each((kind) => (holds(kind) ? sources[kind].copy : sources[kind].whole));
  return {
    ...read,
    ended: holds("ended") && !copied.hasEnded ? null : read.ended,
    hasFewWords: holds("consent") && holds("suppression"),
    mayBePaused: now.paused > 0,
  };
}

async function countsOfWrites(turn: Turn): Promise<Counts> {
  const counts = kinds.map((kind) => `coalesce(sum(w.n) FILTER (w.name = '${sources[kind].table}'), 0) AS ${kind}`);
  const [row] = await run(
    turn,
    () => `SELECT ${counts.join(", ")}, sum(w.n) FILTER (w.name IS NULL) AS paused
      FROM (
        SELECT name, appended + rewritten AS n FROM table_write
        UNION ALL SELECT NULL AS name, count(*) AS n FROM paused
      ) AS w`,
  );
  return { ...each((kind) => Number(row?.[kind])), paused: Number(row?.paused) };
}
