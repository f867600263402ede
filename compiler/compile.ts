// Sources to a plan, stage by stage. Pure: what it needs of the world it is given.

import type { Diagnostic } from "../grammar/diagnostics/entry.ts";
import { hiddenMarks, hiddenMarksInMail } from "../grammar/hidden-marks.ts";
import { isError } from "../grammar/diagnostics/table.ts";
import type { SourceFile } from "../grammar/span.ts";
import { analyse } from "./analyse/project.ts";
import { applyAllowances } from "./allow.ts";
import type { Declaration } from "../grammar/ast/file.ts";
import { filesOf, type VariantText, variantsOf } from "./check/email.ts";
import { checkProject } from "./check/project.ts";
import type { EmailText, Plan, Vocabulary } from "./ir/plan.ts";
import { lowerProject, vocabulariesOf } from "./lower/project.ts";
import { withoutPacks } from "./packs/findings.ts";
import { packName, parseAll } from "./packs/parse.ts";
import { planOf } from "./plan.ts";
import { lintHygiene, lintUnused, type Own } from "./lint/hygiene.ts";
import { type Resolved, resolve } from "./resolve.ts";
import { suiteOf, type TestSuite } from "./test-suite.ts";
import type { World } from "./world.ts";

export interface Compiled {
  /** null where there are errors. */
  readonly plan: Plan | null;
  /** In the order of the sources. */
  readonly diagnostics: readonly Diagnostic[];
  /** All texts that diagnostics can point into: sources, packs and mail bodies. */
  readonly sources: readonly SourceFile[];
}

export interface CompiledTests {
  /** null where there are errors. */
  readonly suite: TestSuite | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly SourceFile[];
}

/** Never throws for a mistake in the sources: mistakes are diagnostics, and with an error there is no plan. */
export function compile(sources: readonly SourceFile[], world: World): Compiled {
  const { checked, isRight, diagnostics, texts } = checkAll(sources, world);
  return { plan: isRight ? planOf(lowerProject(checked)) : null, diagnostics, sources: texts };
}

/** The tests of a project, with the plan that they run on. */
export function compileTests(sources: readonly SourceFile[], world: World): CompiledTests {
  const { checked, isRight, diagnostics, texts } = checkAll(sources, world);
  return { suite: isRight ? suiteOf(checked) : null, diagnostics, sources: texts };
}

/** What a project without errors declares. */
export interface Understood extends Own {
  readonly emails: readonly EmailText[];
  readonly variants: readonly VariantText[];
  readonly vocabularies: readonly Vocabulary[];
  /** What the packs that it uses bring. */
  readonly brought: readonly Brought[];
}

export interface Brought {
  readonly pack: string;
  readonly declaration: Declaration;
}

/** null where there are errors, which `compile` gives. */
export function understand(sources: readonly SourceFile[], world: World): Understood | null {
  const { checked, own, brought, isRight } = checkAll(sources, world);
  if (!isRight) return null;
  const { emails } = checked;
  const vocabularies = vocabulariesOf(checked.vocabularies);
  return {
    ...own,
    emails: emails.map(({ email }) => email),
    variants: emails.flatMap(variantsOf),
    vocabularies,
    brought,
  };
}

function checkAll(sources: readonly SourceFile[], world: World) {
  const found: Diagnostic[] = [];
  const parsed = parseAll(sources, world.library);
  found.push(...parsed.diagnostics, ...parsed.files.flatMap(({ source }) => hiddenMarks(source)));
  // A word that the parser reported, and mended by a guess, is not judged a second time for what it was mended to.
  const told = new Set(parsed.diagnostics.map(placeOf));
  const report = (diagnostic: Diagnostic) => {
    if (!told.has(placeOf(diagnostic))) found.push(diagnostic);
  };
  const resolved = resolve(parsed, world.isZone, report);
  const checked = checkProject(resolved, world, report);
  // A pack may bring more than a project needs.
  const packs = new Set(parsed.packs.map(({ file }) => file.source.path));
  const isOwn = (file: string) => !packs.has(file);
  const own = ownOf(resolved, isOwn);
  analyse(checked, isOwn, report);
  lintHygiene(own, report);
  const inPacks = resolved.declarations.filter(({ span }) => !isOwn(span.file));
  if (!found.some(isError)) lintUnused(own, inPacks, report);
  // Two emails may share a file.
  const mails = [...new Map(checked.emails.flatMap(filesOf).map((file) => [file.path, file] as const)).values()];
  for (const mail of mails) for (const mark of hiddenMarksInMail(mail)) report(mark);
  const read = [...mails, ...(checked.holidays ? [checked.holidays.file] : [])];
  const named = new Map(read.map((file) => [file.path, file] as const));
  const files = [...parsed.files, ...parsed.packs.map(({ file }) => file)];
  const texts = [...files.map(({ source }) => source), ...named.values()];
  const kept = withoutPacks(found, parsed.packs);
  const diagnostics = sorted(applyAllowances(parsed.files, kept), texts);
  const brought = inPacks.map((declaration): Brought => {
    return { pack: packName({ path: declaration.span.file }), declaration };
  });
  return { checked, own, brought, isRight: !kept.some(isError), diagnostics, texts };
}

function ownOf({ scope, declarations }: Resolved, isOwn: (file: string) => boolean): Own {
  return { scope, declarations: declarations.filter(({ span, recovered }) => !recovered && isOwn(span.file)) };
}

const placeOf = ({ span }: Diagnostic): string => `${span.file} ${span.start} ${span.end}`;

/** In the order of the files, and of the places in each; what is found twice at one place is one finding. */
function sorted(diagnostics: readonly Diagnostic[], sources: readonly SourceFile[]): readonly Diagnostic[] {
  const ranks = new Map(sources.map(({ path }, index) => [path, index]));
  const rank = ({ span }: Diagnostic) => ranks.get(span.file) ?? sources.length;
  const key = (diagnostic: Diagnostic) => `${diagnostic.code} ${placeOf(diagnostic)} ${diagnostic.text}`;
  return [...new Map(diagnostics.map((diagnostic) => [key(diagnostic), diagnostic])).values()].toSorted(
    (left, right) => rank(left) - rank(right) || left.span.start - right.span.start || left.span.end - right.span.end,
  );
}
