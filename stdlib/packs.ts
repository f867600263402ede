// The packs of the standard library, as sources that `use NAME` brings into a project. There are none yet.

import type { SourceFile } from "../grammar/span.ts";

/** Each pack is a file `NAME.cdz`; its declarations join the project. */
export const packs: readonly SourceFile[] = [];
