// Checks of the machine, the project and its state.

import type { Stop } from "../engine/pauses.ts";
import type { Failure, Instant } from "../ports.ts";
import { type Check, checked, fine, type Found, problem, unchecked, warning } from "./check.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const leastNode = [20, 19] as const;
const megabyte = 1e6;
/** Below the first nothing can be relied on; below the second the next large load may not fit. */
const leastBytes = 100 * megabyte;
const fewBytes = 1_000 * megabyte;
/** As long as the machine's clock and the disk's may differ. */
const mostSkewMs = minuteMs;
/** An engine ticks every minute unless it is told otherwise; a load may hold it up. */
const mostSilenceMs = 15 * minuteMs;
/** What a provider's logs can still tell, so that a restored database can ask about every mail. */
const mostBackupAgeMs = 20 * hourMs;

export interface SetupFacts {
  readonly now: Instant;
  readonly node: string;
  readonly project: ProjectFound;
  /** What the disk says of a file that was just written into the folder of the state, or why none could be. */
  readonly folder: { readonly path: string; readonly fileAt: Instant | null; readonly reason: string | null };
  readonly freeBytes: number | null;
  readonly database: DatabaseFound;
  readonly stop: Stop | null;
  readonly backup: BackupFound | null;
}

export type ProjectFound =
  | { readonly kind: "unread"; readonly failure: Failure }
  | { readonly kind: "read"; readonly errors: number; readonly warnings: number; readonly programs: number };

export type DatabaseFound =
  | { readonly kind: "none" }
  | { readonly kind: "failed"; readonly failure: Failure }
  | {
      readonly kind: "open";
      readonly version: number;
      readonly current: number;
      readonly bytes: number;
      readonly lastTick: Instant | null;
    }
  /** The engine has it open. */
  | { readonly kind: "running"; readonly pid: number; readonly bytes: number; readonly lastTick: Instant | null };

export interface BackupFound {
  readonly file: string;
  readonly at: Instant;
  readonly isThere: boolean;
}

export function setupChecks(facts: SetupFacts): readonly Check[] {
  const setup = checked("Set-up");
  const engine = checked("Engine");
  return [
    setup("node", nodeFound(facts.node)),
    setup("project", projectFound(facts.project)),
    setup("folder", folderFound(facts.folder)),
    setup("disk", diskFound(facts)),
    setup("database", databaseFound(facts.database)),
    setup("file-clock", fileClockFound(facts)),
    engine("engine", engineFound(facts.database)),
    engine("tick-clock", tickClockFound(facts)),
    engine("kill-switch", switchFound(facts.stop)),
    engine("backup", backupFound(facts)),
  ];
}

const plural = (count: number, one: string): string =>
  `${count.toLocaleString("en-US")} ${one}${count === 1 ? "" : "s"}`;

function nodeFound(version: string): Found {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNew = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
  const least = leastNode.join(".");
  return isNew ? fine(`Node ${version}.`) : problem(`Node ${version} is older than ${least}.`, "Install a newer Node.");
}

function projectFound(project: ProjectFound): Found {
  if (project.kind === "unread") return problem(project.failure.text, project.failure.help);
  const { errors, warnings, programs } = project;
  const check = "`cadenza check` shows what is found.";
  if (errors > 0) return problem(`The project has ${plural(errors, "error")}.`, check);
  if (warnings > 0) return warning(`The project compiles, with ${plural(warnings, "warning")}.`, check);
  return fine(`The project compiles: ${plural(programs, "program")}.`);
}

function folderFound({ path, reason }: SetupFacts["folder"]): Found {
  return reason === null
    ? fine(`\`${path}\` can be written.`)
    : problem(
        `\`${path}\` cannot be written: the system says ${reason}.`,
        "Check its permissions, and which user runs the engine.",
      );
}

export const sizeText = (bytes: number): string =>
  bytes < 1_000 * megabyte
    ? `${Math.round(bytes / megabyte).toLocaleString("en-US")} MB`
    : `${(bytes / 1e9).toLocaleString("en-US", { maximumFractionDigits: 1 })} GB`;

/** Backups and erasures write the database once more. */
function diskFound({ freeBytes, database }: SetupFacts): Found {
  if (freeBytes === null) return unchecked("How much space the disk has left is not known on this system.");
  const bytes = database.kind === "open" || database.kind === "running" ? database.bytes : 0;
  const text = `${sizeText(freeBytes)} of the disk are free${bytes > 0 ? `; the database takes ${sizeText(bytes)}` : ""}.`;
  const help = "Free some space: on a full disk nothing is taken in, and nothing is mailed.";
  if (freeBytes < Math.max(leastBytes, bytes)) return problem(text, help);
  return freeBytes < Math.max(fewBytes, 2 * bytes) ? warning(text, help) : fine(text);
}

function databaseFound(database: DatabaseFound): Found {
  switch (database.kind) {
    case "none":
      return warning("There is no database yet.", "Fill it with `cadenza load`.");
    case "failed":
      return problem(database.failure.text, database.failure.help);
    case "running":
      return fine("The engine that runs has the database open.");
    case "open": {
      const { version, current } = database;
      if (version === current) return fine(`The database opens, and is of version ${version}.`);
      return warning(
        `The database is of version ${version}; this Cadenza's is ${current}.`,
        "The next command that opens it brings it to this version, and keeps a backup of how it was.",
      );
    }
  }
}

function fileClockFound({ now, folder: { fileAt } }: SetupFacts): Found {
  if (fileAt === null) return unchecked("The disk's clock is not known, as no file could be written.");
  const skew = Math.abs(now - fileAt);
  if (skew <= mostSkewMs) return fine("The clock of the machine and that of the disk agree.");
  return problem(
    `The clock of the machine and that of the disk are ${lengthText(skew)} apart.`,
    "Set both by a time server: files that changed are told by their time.",
  );
}

function engineFound(database: DatabaseFound): Found {
  if (database.kind === "running") return fine(`An engine runs, as process ${database.pid}.`);
  if (database.kind === "open" && database.lastTick !== null)
    return warning("No engine runs: nobody moves, and nobody is mailed.", "Start it with `cadenza run`.");
  if (database.kind === "failed") return unchecked("Whether an engine runs cannot be told.");
  return fine("No engine has run yet.");
}

function tickClockFound({ now, database }: SetupFacts): Found {
  if (database.kind === "none") return fine("Nothing was ticked yet.");
  if (database.kind === "failed") return unchecked("The last tick is not known, as the database does not open.");
  const { lastTick } = database;
  if (lastTick === null) return fine("Nothing was ticked yet.");
  if (lastTick > now + mostSkewMs)
    return problem(
      `The clock stands ${lengthText(lastTick - now)} before the last tick, of ${timeText(lastTick)}.`,
      "Set the clock by a time server; a run refuses to go back in time (F401).",
    );
  if (database.kind === "running" && now - lastTick > mostSilenceMs)
    return problem(
      `The engine runs, but has not ticked for ${lengthText(now - lastTick)}.`,
      "See what it printed last; a slow load or a long --every holds it up, too.",
    );
  return fine(`The last tick was ${lengthText(now - lastTick)} ago.`);
}

function switchFound(stop: Stop | null): Found {
  if (stop === null) return fine("Nothing is stopped by `pause all`.");
  return warning(
    `Everything is stopped since ${timeText(stop.at)} by ${stop.by}.`,
    "Let it go on with `cadenza resume all`.",
  );
}

function backupFound({ now, backup, database }: SetupFacts): Found {
  const help = "Make one with `cadenza backup FILE`, more than once a day.";
  if (backup === null)
    return database.kind === "none"
      ? fine("There is nothing to back up yet.")
      : warning("No backup was ever made.", help);
  const age = now - backup.at;
  const text = `The last backup is ${lengthText(age)} old: \`${backup.file}\`.`;
  if (!backup.isThere) return warning(`The last backup, \`${backup.file}\`, is no longer there.`, help);
  return age > mostBackupAgeMs ? warning(text, help) : fine(text);
}

export const timeText = (at: Instant): string => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")}Z`;

/** In its largest unit. */
export function lengthText(ms: number): string {
  const minutes = Math.floor(ms / minuteMs);
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return plural(minutes, "minute");
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? plural(hours, "hour") : plural(Math.floor(hours / 24), "day");
}
