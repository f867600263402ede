// Failures of simulations.

import type { FailureTable } from "./failure-entry.ts";

export type SimulateParams = {
  F435: { readonly path: string };
  F436: { readonly from: string; readonly last: string };
  F437: { readonly path: string; readonly reason: string };
  F438: { readonly path: string; readonly place: string; readonly given: string };
  F439: { readonly path: string; readonly place: string; readonly name: string; readonly near: string | null };
  F440: {
    readonly path: string;
    readonly place: string;
    readonly name: string;
    readonly share: string;
    readonly open: string;
  };
  F441: { readonly path: string; readonly reason: string };
  F442: { readonly from: string; readonly to: string };
  F443: { readonly path: string; readonly given: string };
};

export const simulateFailures: FailureTable<SimulateParams> = {
  F435: {
    text: ({ path }) => `An engine holds the database \`${path}\`, and no copy of it can be made meanwhile.`,
    help: () =>
      "Stop the engine, start the simulation, and start the engine again once the copy is made, which takes seconds: the simulation needs only the copy.",
  },
  F436: {
    text: ({ from, last }) =>
      `The simulation is asked to start at ${from}, but the engine has been at ${last} already.`,
    help: () => "Start later than that; to see what would have been before, load the data into a new database.",
  },
  F437: {
    text: ({ path, reason }) => `The engagement file \`${path}\` could not be read: ${reason}.`,
    help: () =>
      'It is JSON, such as {"rates": {"open": "40%"}, "emails": {"welcome": {"open": "60%", "click": "20%"}}}; what is left out has its default.',
  },
  F438: {
    text: ({ path, place, given }) => `In \`${path}\`, \`${place}\` is \`${given}\`, which is no rate.`,
    help: () => 'A rate is a text from "0%" to "100%", such as "2.5%".',
  },
  F439: {
    text: ({ path, place, name, near }) =>
      `In \`${path}\`, ${place} knows no \`${name}\`.${near === null ? "" : ` Did you mean \`${near}\`?`}`,
    help: () =>
      "`rates` and each of `emails` take open, click, reply, bounce, unsubscribe and complaint; `emails` takes the names of emails of the project.",
  },
  F440: {
    text: ({ path, place, name, share, open }) =>
      `In \`${path}\`, ${place} has a ${name} rate of ${share}, but an open rate of ${open}.`,
    help: () =>
      "Whoever clicks, replies, unsubscribes or complains has opened the mail: raise `open`, or lower the other.",
  },
  F441: {
    text: ({ path, reason }) => `The database \`${path}\` could not be copied: ${reason}.`,
    help: () => "The copy lies in the system's folder for temporary files; TMPDIR names another one, with more room.",
  },
  F442: {
    text: ({ from, to }) => `The simulation would end at ${to}, which is not behind its start at ${from}.`,
    help: () => "Give --to a later date; without it a simulation goes on for 30 days.",
  },
  F443: {
    text: ({ path, given }) => `In \`${path}\`, \`hours\` is \`${given}\`.`,
    help: () => "It takes a number above 0: how many hours lie between delivery and opening, on average.",
  },
};
