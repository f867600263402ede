// Text to syntax tree: parses a file as a whole, and piece by piece where it has mistakes.

import type { CstNode, IToken } from "chevrotain";
import type { Declaration, File } from "./ast/file.ts";
import { type Site } from "./build/cst.ts";
import { declaration } from "./build/declaration.ts";
import type { Diagnostic } from "./diagnostics/entry.ts";
import { diagnose } from "./diagnostics/table.ts";
import { docFinder } from "./docs.ts";
import { lex, spanOf } from "./lex.ts";
import { CadenzaParser } from "./parser/cadenza-parser.ts";
import type { SourceFile } from "./span.ts";
import { defaultParserErrorProvider } from "chevrotain";

export interface Parsed {
  readonly file: File;
  readonly diagnostics: readonly Diagnostic[];
}

let parser: CadenzaParser | null = null;
function theParser(): CadenzaParser {
  parser ??= new CadenzaParser({ validates: false, errors: defaultParserErrorProvider });
  return parser;
}

/** Parses one file. Never throws: mistakes are diagnostics, and the other declarations survive them. */
export function parse(source: SourceFile): Parsed {
  const lexed = lex(source);
  const diagnostics: Diagnostic[] = lexed.slips.map((slip) => slip.diagnostic);
  const site: Site = {
    file: source.path,
    docBefore: docFinder(source, lexed.comments),
    report: (diagnostic) => diagnostics.push(diagnostic),
    recovered: false,
  };
  const { complete, failed } = strict(lexed.tokens);
  if (failed !== null)
    diagnostics.push(diagnose("E201", spanOf(failed, source.path), { found: failed.image, expected: "?" }));
  const declarations = complete
    .map((node) => declaration(node, site))
    .filter((found): found is Declaration => found !== null);
  return { file: { source, declarations, comments: lexed.comments }, diagnostics };
}

function strict(tokens: readonly IToken[]): { complete: readonly CstNode[]; failed: IToken | null } {
  const p = theParser();
  p.input = [...tokens];
  p.isStrict = true;
  p.openers = [];
  p.complete = [];
  p.file();
  return { complete: p.complete, failed: p.errors[0]?.token ?? null };
}
