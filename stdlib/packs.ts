// The packs of the standard library, as sources that `use NAME` brings into a project.

import type { SourceFile } from "../grammar/span.ts";
import engagement from "./engagement.cdz";
import geography from "./geography.cdz";
import hygiene from "./hygiene.cdz";
import inaction from "./inaction.cdz";
import industry from "./industry.cdz";
import interest from "./interest.cdz";
import lifecycle from "./lifecycle.cdz";
import personas from "./personas.cdz";
import send_times from "./send_times.cdz";

const texts = { engagement, geography, hygiene, inaction, industry, interest, lifecycle, personas, send_times };

/** Each pack is a file `NAME.cdz`; its declarations join the project. */
export const packs: readonly SourceFile[] = Object.entries(texts).map(([name, text]) => ({
  path: `stdlib/${name}.cdz`,
  text,
}));
