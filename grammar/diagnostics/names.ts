// E22x to E29x: names, and constructs that are not available yet.

import type { Family } from "./entry.ts";

export type NameParams = {
  E220: { readonly name: string };
};

export const names: Family<NameParams> = {
  E220: {
    severity: "error",
    text: ({ name }) => `There is no \`${name}\` in this project.`,
    why: "Every name must be declared in a .cdz file of the project, be built in, or come from a pack.",
  },
};
