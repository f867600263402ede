// Failures of saved plans: why what was announced is not made live.

import type { FailureTable } from "./failure-entry.ts";

export type PlanningParams = {
  F420: Record<string, never>;
  F421: { readonly format: number };
  F422: { readonly saved: string; readonly own: string };
  F423: Record<string, never>;
  F424: Record<string, never>;
  F425: { readonly was: number | null; readonly is: number | null };
  F426: { readonly version: number };
  /** `keys`: of the first of them. */
  F427: { readonly people: number; readonly mailed: number; readonly keys: readonly string[] };
  F428: { readonly code: string; readonly text: string };
};

const again = "Nothing was changed. Look at a new plan: `cadenza plan --out FILE`, then `cadenza apply FILE`.";

const versionText = (version: number | null) => (version === null ? "nothing" : `version ${version}`);

export const planningFailures: FailureTable<PlanningParams> = {
  F420: {
    text: () => "The file is no saved plan, or it was changed or cut off since it was saved.",
    help: () => again,
  },
  F421: {
    text: ({ format }) => `The plan was saved by a newer Cadenza, in format ${format}.`,
    help: () => "Nothing was changed. Install that version or a newer one, or save the plan again with this one.",
  },
  F422: {
    text: ({ saved, own }) => `The plan is one of the project \`${saved}\`, and this is \`${own}\`.`,
    help: () => "Nothing was changed. Name the project's folder with --project.",
  },
  F423: {
    text: () =>
      "The plan was made beside another database: other people were loaded here first, or another project was live.",
    help: () => again,
  },
  F424: {
    text: () => "The sources changed since the plan was saved.",
    help: () => again,
  },
  F425: {
    text: ({ was, is }) => `The plan was made while ${versionText(was)} was live; now it is ${versionText(is)}.`,
    help: () => `Somebody applied something meanwhile. ${again}`,
  },
  F426: {
    text: ({ version }) => `The plan was applied already: it is version ${version}, which is live.`,
    help: () => "Nothing was changed, and nothing is left to do.",
  },
  F427: {
    text: ({ people, mailed, keys }) => {
      const named = keys.map((key) => `\`${key}\``).join(", ");
      const rest = people > keys.length ? ` and ${(people - keys.length).toLocaleString("en-US")} more` : "";
      const count = people === 1 ? "one person" : `${people.toLocaleString("en-US")} people`;
      return `The edit would now mail or move ${count} whom the saved plan did not show, ${mailed.toLocaleString("en-US")} of them with a mail: ${named}${rest}.`;
    },
    help: () => again,
  },
  F428: {
    text: ({ code, text }) => `No plan was saved, since apply would refuse it: ${code} ${text}`,
    help: () => "See what the plan says of the people inside, and edit the project.",
  },
};
