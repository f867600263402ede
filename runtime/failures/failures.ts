// The table of failures of the world: what users read when a file, the database or the set-up stops a command.

import { ended, type FailureEntry, type FailureTable } from "./failure-entry.ts";
import { backupFailures, type BackupParams } from "./backup-failures.ts";
import { keepingFailures, type KeepingParams } from "./keeping-failures.ts";
import { callFailures, type CallParams } from "./call-failures.ts";
import { engineFailures, type EngineParams } from "./engine-failures.ts";
import { controlFailures, type ControlParams } from "./control-failures.ts";
import { mailFailures, type MailParams } from "./mail-failures.ts";
import { planningFailures, type PlanningParams } from "./planning-failures.ts";
import { personFailures, type PersonParams } from "./person-failures.ts";
import type { Failure } from "../ports.ts";
import { serveFailures, type ServeParams } from "./serve-failures.ts";
import { simulateFailures, type SimulateParams } from "./simulate-failures.ts";

type Params = BackupParams &
  KeepingParams &
  CallParams &
  EngineParams &
  ControlParams &
  MailParams &
  PlanningParams &
  PersonParams &
  ServeParams &
  SimulateParams & {
    F101: { readonly path: string };
    F110: { readonly path: string };
    F111: { readonly path: string };
    F112: { readonly path: string; readonly reason: string };
    F113: { readonly path: string; readonly name: string };
    F114: { readonly path: string; readonly reason: string };
    F115: { readonly text: string };
    F116: { readonly path: string };
    F117: { readonly kind: string; readonly name: string; readonly near: string | null };
    F118: { readonly key: string };
    F119: { readonly path: string; readonly reason: string };
    F120: { readonly path: string; readonly pid: string | null };
    F121: { readonly path: string };
    F122: { readonly path: string; readonly reason: string };
    F123: { readonly path: string };
    F124: { readonly path: string };
    F125: { readonly path: string };
    F126: { readonly path: string; readonly reason: string };
    F127: Record<string, never>;
    F128: { readonly path: string };
    F129: { readonly path: string; readonly reason: string };
    F130: {
      readonly table: string;
      readonly column: string;
      readonly type: string;
      readonly count: number;
      readonly example: string;
    };
    F131: { readonly table: string; readonly was: string; readonly is: string };
    F132: { readonly reason: string };
    F134: { readonly given: string };
    F160: Record<string, never>;
    F161: { readonly path: string; readonly reason: string };
    F180: { readonly code: string; readonly near: string | null };
    F181: { readonly path: string; readonly reason: string };
    F182: { readonly path: string; readonly name: string };
    F183: { readonly path: string; readonly reason: string };
    F140: { readonly pattern: string };
    F141: { readonly path: string };
    F142: { readonly path: string; readonly reason: string };
    F143: { readonly path: string };
    F144: {
      readonly path: string;
      readonly column: string;
      readonly nearest: string | null;
      readonly columns: readonly string[];
    };
    F145: { readonly path: string; readonly column: string };
    F146: { readonly encoding: string };
    F147: { readonly pattern: string };
    F148: { readonly path: string; readonly index: number; readonly columns: number };
    F149: { readonly path: string };
    F150: { readonly delimiter: string };
    F151: { readonly path: string; readonly reason: string };
    F152: { readonly zone: string };
    F153: { readonly path: string; readonly column: string };
    F154: { readonly path: string; readonly reason: string };
    F155: { readonly path: string };
    F156: { readonly path: string; readonly index: number };
    F157: {
      readonly option: string;
      readonly given: string;
      readonly near: string | null;
      readonly known: readonly string[];
    };
    F158: { readonly format: string; readonly file: string | null; readonly taken: string | null };
    F159: { readonly path: string | null };
  };

const table: FailureTable<Params> = {
  ...backupFailures,
  ...keepingFailures,
  ...callFailures,
  ...engineFailures,
  ...controlFailures,
  ...mailFailures,
  ...planningFailures,
  ...personFailures,
  ...serveFailures,
  ...simulateFailures,
  F101: {
    text: ({ path }) => `There is no file \`${path}\`.`,
    help: () => "Check the path; relative data paths start at the project, or at --data-dir.",
  },
  F110: {
    text: ({ path }) => `\`${path}\` is not a folder.`,
    help: () => "A project is a folder of .cdz files; name it with --project.",
  },
  F111: {
    text: ({ path }) => `There is no .cdz file in \`${path}\`.`,
    help: () => "Start a project with `cadenza init`, or name another folder with --project.",
  },
  F112: {
    text: ({ path, reason }) => `The project in \`${path}\` could not be read: the system says ${reason}.`,
    help: () => "Check the permissions of the folder and of its files.",
  },
  F113: {
    text: ({ path, name }) => `\`${path}\` already holds \`${name}\`; nothing was written.`,
    help: () => "Name a new or an empty folder: cadenza init FOLDER.",
  },
  F114: {
    text: ({ path, reason }) => `The folder \`${path}\` could not be written: the system says ${reason}.`,
    help: () => "Check the permissions of the folder and the space on its disk.",
  },
  F115: {
    text: ({ text }) => `\`${text}\` is not a time.`,
    help: () =>
      "Write 2026-03-02 or 2026-03-02 09:00 (in the project's time zone), or add Z or an offset such as +02:00.",
  },
  F116: {
    text: ({ path }) => `There is no database yet: \`${path}\` does not exist.`,
    help: () => "Fill it with `cadenza load`.",
  },
  F117: {
    text: ({ kind, name, near }) =>
      `There is no ${kind} \`${name}\`.${near === null ? "" : ` Did you mean \`${near}\`?`}`,
    help: ({ kind }) => {
      if (kind === "mailer") return "Mailers are `files`, `mailgun` and `none`.";
      return kind === "segment"
        ? "A segment is found by its name; one with parameters, with arguments that the project itself gives it somewhere."
        : "The project's .cdz files declare none of that name.";
    },
  },
  F118: {
    text: ({ key }) => `There is no contact with the key \`${key}\`.`,
    help: () => "Keys are compared byte for byte; load the contact first.",
  },
  F119: {
    text: ({ path, reason }) => `The file \`${path}\` could not be written: the system says ${reason}.`,
    help: () => "Check the permissions of the file and of its folder, and the space on the disk.",
  },
  F120: {
    text: ({ path, pid }) =>
      `Another process${pid ? ` (${pid})` : ""} holds the database \`${path}\`; only one can at a time.`,
    help: () => "Wait until that process ends, or stop it; then run the command again.",
  },
  F121: {
    text: ({ path }) => `\`${path}\` is not a Cadenza database.`,
    help: () => "Name the database file, or a path where none exists yet and one can be created.",
  },
  F122: {
    text: ({ path, reason }) => `The database \`${path}\` is damaged: ${ended(reason)}`,
    help: ({ path }) =>
      `Restore a backup. If there is none, move \`${path}.wal\` aside (keep it): the rest may open as of its last checkpoint.`,
  },
  F123: {
    text: ({ path }) => `The database \`${path}\` was written by a newer version of Cadenza.`,
    help: () => "Install that version or a newer one; this one has changed nothing.",
  },
  F124: {
    text: ({ path }) => `The database \`${path}\` may not be written by this user.`,
    help: () => "Change the permissions of the file and of its folder, or name a database elsewhere.",
  },
  F125: {
    text: ({ path }) => `The disk is full: \`${path}\` could not be written.`,
    help: () => "Free some space and run the command again; what was there before is intact.",
  },
  F126: {
    text: ({ path, reason }) => `The database \`${path}\` stopped working: ${ended(reason)}`,
    help: () => "Check the disk and its free space, then start again; everything that was confirmed is safe.",
  },
  F127: {
    text: () => "The memory does not suffice for this.",
    help: () => "Close other programs, or give Cadenza more memory.",
  },
  F128: {
    text: ({ path }) => `No database can be opened or created at \`${path}\`.`,
    help: () => "Name a file, not a folder; the folder that it is in must exist.",
  },
  F129: {
    text: ({ path, reason }) => `\`${path}\` could not be read or written: ${ended(reason)}`,
    help: () => "Check the disk, then run the command again.",
  },
  F130: {
    text: ({ table, column, type, count, example }) =>
      `\`${table}.${column}\` is now ${type}, but ${count === 1 ? "one value does" : `${count} values do`} not fit, such as \`${example}\`.`,
    help: () => "Nothing was changed. Correct those values, or declare the new type under a new name.",
  },
  F131: {
    text: ({ table, was, is }) => `The key of \`${table}\` is now \`${is}\`, but its rows are kept by \`${was}\`.`,
    help: ({ was }) => `Nothing was changed. Make \`${was}\` the key again, or load into a new database.`,
  },
  F132: {
    text: ({ reason }) => `The output could not be written: the system says ${reason}.`,
    help: () => "Make room or name another place for it; what the command did to the project stays.",
  },
  F134: {
    text: ({ given }) => `\`${given}\` is no amount of memory for the database.`,
    help: () => "Give it as `512MB` or `2GB`, and at least 64MB.",
  },
  F160: {
    text: () => "There are no tests in this project.",
    help: () =>
      'Write one in any of its .cdz files: test "who signs up is welcomed" < given ana … when ana … expect ana … >',
  },
  F161: {
    text: ({ path, reason }) => `The results could not be written to \`${path}\`: the system says ${reason}.`,
    help: () => "Name another file with --junit, in a folder that is there.",
  },
  F140: {
    text: ({ pattern }) => `No file matches \`${pattern}\`.`,
    help: () => "Check the pattern; relative data paths start at the project, or at --data-dir.",
  },
  F141: {
    text: ({ path }) => `\`${path}\` is a folder, not a file.`,
    help: ({ path }) => `Name the file, or all files of the folder as \`${path}/*\`.`,
  },
  F142: {
    text: ({ path, reason }) => `\`${path}\` could not be read (${reason}).`,
    help: () => "Check the permissions of the file and of the folders above it.",
  },
  F143: {
    text: ({ path }) => `\`${path}\` is not a text file.`,
    help: () => "Export it as CSV, or say `from parquet` if it is Parquet.",
  },
  F144: {
    text: ({ path, column, columns }) =>
      `\`${path}\` has no column \`${column}\`. It has ${columns.map((name) => `\`${name}\``).join(", ")}.`,
    help: ({ nearest }) =>
      nearest === null ? "Correct the name in the load, or the file's first line." : `Did you mean \`${nearest}\`?`,
  },
  F145: {
    text: ({ path, column }) => `\`${path}\` has two columns named \`${column}\`.`,
    help: () => "Rename one of them, or name the column by its place: `from column 3`.",
  },
  F146: {
    text: ({ encoding }) => `There is no encoding \`${encoding}\`.`,
    help: () => "Common ones are `utf-8`, `utf-16`, `latin-1` and `windows-1252`.",
  },
  F147: {
    text: ({ pattern }) => `\`${pattern}\` is not a date format.`,
    help: () => "Write it with yyyy or yy, MM or M or MMM, dd or d, HH, mm, ss and a, as in `d.M.yyyy HH:mm`.",
  },
  F148: {
    text: ({ path, index, columns }) => `\`${path}\` has ${columns} columns, so there is no column ${index}.`,
    help: () => "Columns count from 1. If the columns look wrong, say which `delimiter` the file has.",
  },
  F149: {
    text: ({ path }) => `The first line of \`${path}\` is longer than 256 KB.`,
    help: () => "The file must be a table with one row per line.",
  },
  F150: {
    text: ({ delimiter }) => `\`${delimiter}\` cannot keep columns apart.`,
    help: () => "A delimiter is one plain character, such as `;` or `|`. A space stands for any run of blanks.",
  },
  F151: {
    text: ({ path, reason }) => `\`${path}\` cannot be read as Parquet: ${ended(reason)}`,
    help: () => "Export it again, or say `from csv` or `from json` if it is one of these.",
  },
  F152: {
    text: ({ zone }) => `There is no time zone \`${zone}\`.`,
    help: () => "Time zones are named like `Europe/Berlin`.",
  },
  F153: {
    text: ({ path, column }) => `\`${path}\` has no header, so no column is called \`${column}\`.`,
    help: () => "Name the column by its place: `from column 3`.",
  },
  F154: {
    text: ({ path, reason }) => `The rejected rows could not be written to \`${path}\`: ${ended(reason)}`,
    help: () => "Nothing was loaded. Check the folder's permissions and free space, then load again.",
  },
  F155: {
    text: ({ path }) => `The first line of \`${path}\` is not in the encoding of the load.`,
    help: () => 'Name the file\'s encoding in the load, as in `encoding "latin-1"`.',
  },
  F156: {
    text: ({ path, index }) => `\`${path}\` is JSON, which has no column ${index}.`,
    help: () => 'Name the key: `from seats`, or a path such as `from "company.seats"`.',
  },
  F180: {
    text: ({ code, near }) => `There is no code \`${code}\`.${near === null ? "" : ` Did you mean \`${near}\`?`}`,
    help: () => "A code stands at the start of each finding; `cadenza explain` alone lists all.",
  },
  F181: {
    text: ({ path, reason }) => `\`${path}\` of this installation could not be read: ${reason}.`,
    help: () => "Install Cadenza again; the file belongs to it.",
  },
  F182: {
    text: ({ path, name }) =>
      `\`${path}\` holds \`${name}\`, which \`cadenza docs\` did not write; nothing was changed.`,
    help: () => "Name a new or an empty folder, or one that `cadenza docs` made and nobody added to.",
  },
  F183: {
    text: ({ path, reason }) => `The pages could not be written to \`${path}\`: the system says ${reason}.`,
    help: () =>
      "Check the permissions of the folder above it and the space on its disk; what was there before is intact.",
  },
  F157: {
    text: ({ option, given, near }) =>
      `${option} does not know \`${given}\`.${near === null ? "" : ` Did you mean \`${near}\`?`}`,
    help: ({ known }) => `It knows ${known.map((word) => `\`${word}\``).join(", ")}.`,
  },
  F158: {
    text: ({ format, file, taken }) => {
      if (taken === null) return `\`${format}\` cannot go to \`${file}\`, which is named like a source of a project.`;
      return `\`${taken}\` and \`${format}\` cannot both go to ${file === null ? "the standard output" : `\`${file}\``}.`;
    },
    help: ({ format }) => `Write one of them to a file of its own: --format ${format}=FILE.`,
  },
  F159: {
    text: ({ path }) =>
      path === null
        ? "Text from the standard input has no file that could be changed."
        : `\`${path}\` lies outside of the project.`,
    help: ({ path }) =>
      path === null
        ? "Save it and name its folder with --project, or leave out --fix."
        : "Name with --stdin-path where in the project the text stands; --project names the project.",
  },
};

export type FailureCode = keyof Params;
export type FailureParams<C extends FailureCode> = Params[C];

export const failureCodes = Object.keys(table) as readonly FailureCode[];

/** Builds the failure `code`; the table gives its words. */
export function failure<C extends FailureCode>(code: C, params: Params[C]): Failure {
  const entry: FailureEntry<Params[C]> = table[code];
  return { kind: "failure", code, text: entry.text(params), help: entry.help(params) };
}

/** What the system calls an error, such as `EACCES`; its own words where it has no name. */
export function systemReason(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

/** Thrown across transactions and caught at the public API, so that a failure rolls back what was begun. */
export class Failed extends Error {
  override readonly name = "Failed";
  readonly failure: Failure;
  constructor(reason: Failure) {
    super(`${reason.code} ${reason.text}`);
    this.failure = reason;
  }
}
