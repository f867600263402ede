// Fixes what can be fixed in a project folder, in memory: who calls writes the files.

import { packs } from "../../stdlib/packs.ts";
import { applyFixes, type Fixing, type FixLevel } from "../findings/fix.ts";
import type { ProjectFolder } from "./project.ts";
import { type CompiledProject, compileProject } from "./project-plan.ts";

export function fixProject(folder: ProjectFolder, level: FixLevel): Fixing<CompiledProject> {
  const library = new Set(packs.map(({ path }) => path));
  return applyFixes(
    {
      first: compileProject(folder),
      judge: (texts) => compileProject(withTexts(folder, texts)),
      isOwn: (file) => !library.has(file),
    },
    level,
  );
}

/** The folder as it would be with other texts in some of its sources and mail bodies. */
function withTexts(folder: ProjectFolder, texts: ReadonlyMap<string, string>): ProjectFolder {
  return {
    ...folder,
    sources: folder.sources.map((source) => ({ ...source, text: texts.get(source.path) ?? source.text })),
    body: (path) => {
      const text = texts.get(path);
      return text === undefined ? folder.body(path) : { kind: "text", path, text };
    },
  };
}
