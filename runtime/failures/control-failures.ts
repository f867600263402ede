// Failures of operating an engine, the one that runs above all.

import type { FailureTable } from "./failure-entry.ts";

export type ControlParams = {
  F480: { readonly path: string };
  F481: { readonly path: string; readonly reason: string };
  F482: { readonly path: string; readonly uid: number };
  F483: { readonly path: string; readonly theirs: string; readonly ours: string };
  F484: { readonly path: string };
  F485: { readonly what: string };
  F486: Record<string, never>;
  F487: { readonly path: string };
  F488: Record<string, never>;
  F489: { readonly reason: string };
  F520: { readonly program: string };
  F521: { readonly contact: string; readonly program: string };
  F522: { readonly contact: string; readonly program: string };
  F523: { readonly path: string; readonly reason: string };
  F524: { readonly path: string; readonly reason: string };
  F525: { readonly program: string };
  F526: { readonly version: number; readonly seen: number | null };
  F527: Record<string, never>;
  F540: { readonly folder: string };
  F541: { readonly path: string };
  F542: { readonly path: string };
  F543: Record<string, never>;
};

export const controlFailures: FailureTable<ControlParams> = {
  F480: {
    text: ({ path }) => `The folder of the control socket, \`${path}\`, is not this user's alone.`,
    help: () => "Somebody else may have made it. Remove it, or let TMPDIR name a folder that only this user can write.",
  },
  F481: {
    text: ({ path, reason }) => `The control socket \`${path}\` cannot be made: the system says ${reason}.`,
    help: () => "Check the permissions of its folder, and that the disk can hold sockets.",
  },
  F482: {
    text: ({ path, uid }) =>
      `The control socket \`${path}\` belongs to another user (${uid}), so the engine that runs is theirs.`,
    help: () => "Run the command as that user.",
  },
  F483: {
    text: ({ path, theirs, ours }) =>
      `The engine behind \`${path}\` is ${theirs}, and this command is ${ours}: they do not understand each other.`,
    help: () => "Use the same version for both: start the engine anew with the newer one.",
  },
  F484: {
    text: ({ path }) => `What listens at \`${path}\` does not answer as an engine does.`,
    help: () => "If no `cadenza run` of this project is alive, remove the file and run the command again.",
  },
  F485: {
    text: ({ what }) => `A running engine cannot be asked for \`${what}\`.`,
    help: () => "Stop the engine, run the command, and start it again.",
  },
  F486: {
    text: () => "The engine ended before it answered, so nobody knows whether it did what it was asked.",
    help: () => "Run the command again: what was done already is not done twice.",
  },
  F487: {
    text: ({ path }) => `Another engine answers at the control socket \`${path}\`.`,
    help: () => "Stop it first; one engine runs a project.",
  },
  F488: {
    text: () => "The engine made a mistake while it answered; what it was asked was not done.",
    help: () => "The engine's own output says more. Please report it.",
  },
  F489: {
    text: ({ reason }) => `The engine cannot read the request: ${reason}.`,
    help: () => "Each line is one JSON object with `id`, `ask` and `with`, as docs/operating.md shows.",
  },
  F520: {
    text: ({ program }) => `\`${program}\` is paused, and nobody enters it.`,
    help: ({ program }) => `Let it go on first: \`cadenza resume ${program}\`.`,
  },
  F521: {
    text: ({ contact, program }) => `\`${contact}\` is in \`${program}\` already.`,
    help: () => "Nobody is in one program twice; `cadenza show contact` tells at which step they are.",
  },
  F522: {
    text: ({ contact, program }) => `\`${contact}\` is not in \`${program}\`.`,
    help: () => "`cadenza show contact` tells which programs a person is in.",
  },
  F523: {
    text: ({ path, reason }) => `Nothing was stopped: \`${path}\` could not be written, the system says ${reason}.`,
    help: () => "Stop `cadenza run` itself, or mend the folder and run the command again.",
  },
  F524: {
    text: ({ path, reason }) =>
      `Everything is still stopped: \`${path}\` could not be removed, the system says ${reason}.`,
    help: () => "Mend the permissions of its folder and run the command again, or remove the file by hand.",
  },
  F525: {
    text: ({ program }) => `\`${program}\` cannot go on while everything is stopped.`,
    help: () => "Let all programs go on with `cadenza resume all`.",
  },
  F526: {
    text: ({ version, seen }) =>
      `Nothing was changed: version ${version} was made live meanwhile, ${seen === null ? "and nothing was when you looked" : `and you saw version ${seen}`}.`,
    help: () =>
      "Look at `cadenza plan` again: it says what your edit would now do, and what of theirs it would take back.",
  },
  F527: {
    text: () => "Nothing was changed: somebody else is making their plan live right now.",
    help: () => "Look at `cadenza plan` again when that is done: it says what of theirs your edit would take back.",
  },
  F540: {
    text: ({ folder }) => `No engine runs on \`${folder}\`.`,
    help: () => "Start it with `cadenza run`, or name the project with --project.",
  },
  F541: {
    text: ({ path }) => `The socket \`${path}\` was left by an engine that died: nobody listens there any more.`,
    help: () => "Start the engine again with `cadenza run`; it takes the socket over.",
  },
  F542: {
    text: ({ path }) => `The path of the control socket, \`${path}\`, is too long: systems allow 103 bytes.`,
    help: () => "Let TMPDIR name a folder with a short path, for the engine and for this command alike.",
  },
  F543: {
    text: () => "The screen needs a terminal to read keys from and to paint on, one that can place the cursor.",
    help: () => "Run it in a terminal, with TERM set as the terminal says, or see `cadenza report` and `cadenza show`.",
  },
};
