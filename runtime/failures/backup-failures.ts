// Failures of backups, and of putting one back.

import { ended, type FailureTable } from "./failure-entry.ts";

export type BackupParams = {
  F506: { readonly path: string };
  F507: { readonly path: string };
  F508: { readonly path: string; readonly theirs: string; readonly ours: string };
  F509: { readonly path: string; readonly reason: string };
  F510: { readonly path: string };
  F511: { readonly path: string };
};

export const backupFailures: FailureTable<BackupParams> = {
  F506: {
    text: ({ path }) => `\`${path}\` is there already; nothing was written.`,
    help: () =>
      "Name another file, such as one with the day in its name, or add --replace where it is an older backup.",
  },
  F507: {
    text: ({ path }) => `\`${path}\` is no backup.`,
    help: () => "Nothing was changed. A backup is a file that `cadenza backup` wrote.",
  },
  F508: {
    text: ({ path, theirs, ours }) => `\`${path}\` is a backup of the project \`${theirs}\`, and this is \`${ours}\`.`,
    help: () => "Nothing was changed. Name the project's folder with --project, or one of its own backups.",
  },
  F509: {
    text: ({ path, reason }) => `The backup \`${path}\` is damaged: ${ended(reason)}`,
    help: () => "Nothing was changed. Take an earlier backup, or another copy of this one.",
  },
  F510: {
    text: ({ path }) => `A database came to be at \`${path}\` while the backup was put back.`,
    help: () => "Nothing was changed. Stop whatever uses the project, and run the command again.",
  },
  F511: {
    text: ({ path }) =>
      `People were forgotten both here and in the backup, by two different secrets: \`${path}\` is not the backup's.`,
    help: () =>
      "Nothing was changed. Restore into a new project folder, and forget there again who was forgotten here.",
  },
};
