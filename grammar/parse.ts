// Text to syntax tree: parses a file as a whole, and piece by piece where it has mistakes.

import type { CstNode, IToken } from "chevrotain";
import type { Declaration, File } from "./ast/file.ts";
import type { Site } from "./build/cst.ts";
import { declaration } from "./build/declaration.ts";
import type { Diagnostic } from "./diagnostics/entry.ts";
import { diagnose } from "./diagnostics/table.ts";
import { docFinder } from "./docs.ts";
import { explain } from "./explain.ts";
import type { Stop } from "./explain/place.ts";
import { type Lexed, lex } from "./lex.ts";
import { maxBytes, maxMistakes } from "./limits.ts";
import { type Cutter, cutter } from "./pieces.ts";
import { type Run, runLenient, runStrict } from "./run-parser.ts";
import type { SourceFile, Span } from "./span.ts";
import { brokenStretches } from "./stretches.ts";
import * as t from "./tokens.ts";

export interface Parsed {
  readonly file: File;
  readonly diagnostics: readonly Diagnostic[];
}

/** Words that start declarations, and that people write in the middle of a condition, too. */
const insideSegments = new Set(["email", "score", "list", "event", "contact"]);
/** What was left out or is too much is a guess; where the text does not go on from it, the guess was wrong. */
const guesses = new Set(["E112", "E121", "E132", "E203", "E204", "E206", "E207"]);
/** Guesses at the structure: what was declared behind one is not certain even if the text goes on. */
const unsure = new Set(["E121", "E203", "E204", "E206", "E207"]);
/** How many tokens behind a mistake are searched for parts that can be saved; recovery slows down with each mistake. */
const maxSaved = 500;
/** Tokens in front of a mistake from which on only the start of the piece is saved, not to read it all once more. */
const hugePiece = 20_000;
/** The most mistakes in one piece that are mended to read on. */
const maxMends = 8;

/** Parses one file. Never throws: mistakes are diagnostics, and the other declarations survive them. */
export function parse(source: SourceFile): Parsed {
  const size = Buffer.byteLength(source.text);
  if (size > maxBytes) {
    const tooLarge = diagnose("E116", { file: source.path, start: 0, end: 0 }, { size });
    const broken = [{ file: source.path, start: 0, end: source.text.length }];
    return { file: { source, declarations: [], mended: [], comments: [], broken }, diagnostics: [tooLarge] };
  }
  const lexed = lex(source);
  const reader = new Reader(source, lexed);
  reader.read();
  const found = [...reader.diagnostics].sort((one, other) => one.span.start - other.span.start);
  const { declarations, mended } = reader;
  const broken = brokenStretches({ source, tokens: lexed.tokens, declarations, diagnostics: found });
  return { file: { source, declarations, mended, comments: lexed.comments, broken }, diagnostics: capped(found) };
}

/** Whether a finding is about a phrase that has the other one inside it, and its fix writes all of it anew. */
const covers = ({ span }: Diagnostic, slip: Diagnostic): boolean =>
  span.start < slip.span.start && slip.span.end <= span.end;

/** The first mistakes of a file, and a last one that says that there are more. */
function capped(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const next = found[maxMistakes];
  if (next === undefined) return found;
  return [...found.slice(0, maxMistakes), diagnose("E119", next.span, { count: maxMistakes })];
}

class Reader {
  readonly declarations: Declaration[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly mended: Span[] = [];
  private readonly source: SourceFile;
  private readonly lexed: Lexed;
  private readonly docBefore: Site["docBefore"];
  private cuts: Cutter | null = null;
  /** Where the slips stand that were reported. */
  private readonly slipStarts = new Set<number>();
  /** Slips from here on are not reported yet. */
  private slip = 0;

  constructor(source: SourceFile, lexed: Lexed) {
    this.source = source;
    this.lexed = lexed;
    this.docBefore = docFinder(source, lexed.comments);
  }

  read(): void {
    const { tokens } = this.lexed;
    let from = 0;
    while (from < tokens.length) {
      const run = runStrict(from === 0 ? tokens : tokens.slice(from));
      const starts = this.starts(run, from);
      const start = starts.failed;
      this.slipsBefore(tokens[start]?.startOffset ?? Number.POSITIVE_INFINITY);
      if (run.fault === null) {
        this.build(run.complete, false);
        return;
      }
      // What cannot start a declaration may be the rest of the one before it, and that one may have swallowed the word
      // that starts this one, so both are judged together.
      const isOther =
        run.index + from === start || this.theCuts().isStart(start - 1) || this.isInSegment(starts.last, start);
      const isRest = run.complete.length > 0 && isOther;
      this.build(isRest ? run.complete.slice(0, -1) : run.complete, false);
      const first = isRest ? starts.last : start;
      const cut = this.theCuts().next(first, from + run.index);
      this.piece(first, cut);
      from = cut;
      if (this.diagnostics.length > maxMistakes) return;
    }
    this.slipsBefore(Number.POSITIVE_INFINITY);
  }

  /** Where the last complete declaration of a run starts, and where the one that failed does. */
  private starts(run: Run, from: number): { readonly last: number; readonly failed: number } {
    const { tokens } = this.lexed;
    const last = run.complete.at(-1)?.location;
    if (last === undefined) return { last: from, failed: from };
    const end = last.endOffset ?? 0;
    let failed = this.indexAt(end + 1);
    if (tokens[failed]?.tokenType === t.Semicolon) failed++;
    return { last: this.indexAt(last.startOffset), failed };
  }
  /** The index of the first token that starts at `offset` or behind it. */
  private indexAt(offset: number): number {
    const { tokens } = this.lexed;
    let low = 0;
    let high = tokens.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tokens[middle]?.startOffset ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** `segment A where opened email welcome`: a word that starts declarations, in the middle of a segment's line. */
  private isInSegment(last: number, start: number): boolean {
    const { tokens } = this.lexed;
    const [before, word] = [tokens[start - 1], tokens[start]];
    if (tokens[last]?.image !== "segment" || !insideSegments.has(word?.image ?? "") || !word || !before) return false;
    return !this.source.text.slice(before.endOffset ?? 0, word.startOffset).includes("\n");
  }

  private theCuts(): Cutter {
    this.cuts ??= cutter(this.lexed.tokens, this.source.text);
    return this.cuts;
  }

  /** Reads the tokens of one or two declarations that have a mistake. */
  private piece(start: number, end: number): void {
    const tokens = this.lexed.tokens.slice(start, end);
    const next = this.lexed.tokens[end] ?? null;
    const isOpen = this.slipsIn(next?.startOffset ?? Number.POSITIVE_INFINITY);
    const run = runStrict(tokens);
    if (run.fault === null) {
      this.build(run.complete, isOpen);
      return;
    }
    if (isOpen) {
      this.buildBroken(tokens, run);
      return;
    }
    this.mend({ file: this.source.path, tokens, run, next });
  }

  /** Reports the first mistake, and the later ones if mending one after the other leads to the end. */
  private mend(first: Stop): void {
    const found: Diagnostic[] = [];
    let stop = first;
    for (let count = 0; count < maxMends; count++) {
      const { diagnostic, mended } = explain(stop);
      found.push(diagnostic);
      if (mended === null) {
        // What starts a line of its own is no part of what was mended before it.
        if (count > 0 && this.startsLine(stop.run.fault?.token ?? null)) {
          this.tell(found);
          this.buildMended(first.tokens, stop.run.complete, found);
          return;
        }
        break;
      }
      const run = runStrict(mended);
      if (run.fault !== null && guesses.has(diagnostic.code) && !this.startsLine(run.fault.token)) break;
      if (run.fault === null) {
        this.tell(found);
        this.buildMended(first.tokens, run.complete, found);
        return;
      }
      stop = { ...stop, tokens: mended, run };
    }
    this.tell(found.slice(0, 1));
    this.buildBroken(first.tokens, first.run);
  }

  private startsLine(token: IToken | null): boolean {
    const isCloser = token?.tokenType === t.Gt || token?.tokenType === t.Close;
    return token !== null && !isCloser && this.theCuts().startsLine(this.indexAt(token.startOffset));
  }

  /** Declarations in front of the first mistake are whole; the others are what was probably meant. */
  private buildMended(tokens: readonly IToken[], trees: readonly CstNode[], found: readonly Diagnostic[]): void {
    const isGuess = found.some(({ code }) => unsure.has(code));
    const [start, end] = [tokens[0]?.startOffset ?? 0, tokens.at(-1)?.endOffset ?? 0];
    if (!isGuess) this.mended.push({ file: this.source.path, start, end: end + 1 });
    const fault = Math.min(...found.map(({ span }) => span.start));
    for (const tree of trees) this.build([tree], !this.isWhole(tree, fault, tree === trees.at(-1)));
  }

  /** Whether a declaration ends before the mistake at `fault`, which is no part of it. */
  private isWhole(tree: CstNode, fault: number, isLast: boolean): boolean {
    if ((tree.location?.endOffset ?? fault) >= fault) return false;
    return !isLast || this.theCuts().startsLine(this.indexAt(fault));
  }

  /** Where the parser stops at a word that was reported as it was read, that report stands for both. */
  private tell(found: readonly Diagnostic[]): void {
    const others = this.diagnostics.filter((slip) => found.every((other) => !covers(other, slip)));
    const news = found.filter(({ span }) => !this.slipStarts.has(span.start));
    this.diagnostics.splice(0, this.diagnostics.length, ...others, ...news);
  }

  /** What can be saved of a piece: its complete declarations, and the names and parts of the broken one. */
  private buildBroken(tokens: readonly IToken[], run: Run): void {
    const fault = run.fault?.token?.startOffset ?? 0;
    for (const tree of run.complete) this.build([tree], !this.isWhole(tree, fault, tree === run.complete.at(-1)));
    const end = run.complete.at(-1)?.location?.endOffset ?? -1;
    const isHuge = run.index > hugePiece;
    const saved = tokens.slice(0, isHuge ? maxSaved : run.isTooDeep ? run.index : run.index + maxSaved);
    const rest = saved.filter((token) => token.startOffset > end && token.tokenType !== t.Semicolon);
    if (run.fault?.token === rest[0]) return;
    const tree = runLenient(rest);
    if (tree !== null) this.build([tree], true);
  }

  private build(trees: readonly CstNode[], recovered: boolean): void {
    const site: Site = {
      file: this.source.path,
      docBefore: this.docBefore,
      report: (diagnostic) => {
        if (!recovered) this.diagnostics.push(diagnostic);
      },
      recovered,
    };
    for (const tree of trees) {
      const built = declaration(tree, site);
      if (built !== null) this.declarations.push(built);
    }
  }

  private tellSlip(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic);
    this.slipStarts.add(diagnostic.span.start);
  }

  private slipsBefore(offset: number): void {
    const { slips } = this.lexed;
    for (
      let slip = slips[this.slip];
      slip !== undefined && slip.diagnostic.span.start < offset;
      slip = slips[this.slip]
    ) {
      this.tellSlip(slip.diagnostic);
      this.slip++;
    }
  }

  /** Reports the slips of a piece up to the first that leaves what follows in doubt; true if there is one. */
  private slipsIn(end: number): boolean {
    let isOpen = false;
    const { slips } = this.lexed;
    for (let slip = slips[this.slip]; slip !== undefined && slip.diagnostic.span.start < end; slip = slips[this.slip]) {
      if (!isOpen) this.tellSlip(slip.diagnostic);
      isOpen ||= !slip.isMended;
      this.slip++;
    }
    return isOpen;
  }
}
