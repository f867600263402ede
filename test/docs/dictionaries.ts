// Data dictionaries of projects, for the tests of pages and sentences.

import { isZone } from "../../compiler/calendar.ts";
import { understand } from "../../compiler/compile.ts";
import type { Dictionary } from "../../compiler/describe/dictionary.ts";
import { describeProject } from "../../compiler/describe/project.ts";
import { readProject } from "../../runtime/sources/project.ts";
import { type ProjectDictionary, projectDictionary } from "../../runtime/sources/project-dictionary.ts";
import { shop } from "../explain/pages.ts";
import { valueFrom } from "../support/scratch.ts";

/** The dictionary of a text beside the shop of the docs. */
export function describedWithShop(text: string): Dictionary {
  const sources = [
    { path: "shop.cdz", text: shop },
    { path: "main.cdz", text },
  ];
  const understood = understand(sources, { library: [], isZone, body: () => ({ kind: "missing" }) });
  if (!understood) throw new Error(`this has errors: ${text}`);
  return describeProject({ ...understood, shows: new Map() });
}

export async function dictionaryOf(folder: string): Promise<ProjectDictionary> {
  const dictionary = await projectDictionary(valueFrom(readProject(folder)));
  if (!dictionary) throw new Error(`${folder} has errors`);
  return dictionary;
}
