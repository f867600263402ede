// The table of failures of the world: what users read when a file, the database or the set-up stops a command.

import type { Failure } from "./ports.ts";

type Params = {
  F101: { readonly path: string };
  F110: { readonly path: string };
  F111: { readonly path: string };
  F112: { readonly path: string; readonly reason: string };
};

interface Entry<P> {
  readonly text: (params: P) => string;
  readonly help: (params: P) => string;
}

const table: { readonly [C in keyof Params]: Entry<Params[C]> } = {
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
};

export type FailureCode = keyof Params;

/** Builds the failure `code`; the table gives its words. */
export function failure<C extends FailureCode>(code: C, params: Params[C]): Failure {
  const entry: Entry<Params[C]> = table[code];
  return { kind: "failure", code, text: entry.text(params), help: entry.help(params) };
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
