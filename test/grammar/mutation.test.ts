import { describe, expect, test } from "vitest";
import { canonicalJson } from "./canonical.ts";
import { lex } from "../../grammar/lex.ts";
import { examples, parsed } from "./examples.ts";

type Kind = "delete" | "duplicate" | "swap";

interface Piece {
  readonly start: number;
  readonly end: number;
}
interface Mutant {
  readonly text: string;
  /** What was changed, in the original text. */
  readonly changed: readonly Piece[];
}

/** A text of which those tokens are tried that start in some stretch of it, or each so many of them. */
interface Field {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly each: number;
}

/**
 * Each declaration between the one before it and the one behind it, so that a mutant takes no longer in a long file; and
 * the file as a whole, for one token in ten.
 */
function fieldsOf(text: string): readonly Field[] {
  const spans = parsed(text).file.declarations.map(({ span }) => span);
  const startOf = (index: number) => spans[index]?.start ?? 0;
  const fields = spans.map((span, index) => {
    const [first, last] = [startOf(Math.max(0, index - 1)), spans[index + 1] ?? spans.at(-1)];
    const end = spans[index + 1] === undefined ? text.length : startOf(index + 1);
    return { text: text.slice(first, last?.end), from: span.start - first, to: end - first, each: 1 };
  });
  return [...fields, { text, from: 0, to: text.length, each: 10 }];
}

/** The text with each of its tokens deleted, written twice, or swapped with the next. */
function* mutants({ text, from, to, each }: Field, kind: Kind): Generator<Mutant> {
  const tokens = lex({ path: "file.cdz", text }).tokens.map((token) => ({
    start: token.startOffset,
    end: token.startOffset + token.image.length,
  }));
  for (const [index, token] of tokens.entries()) {
    if (token.start < from || token.start >= to || index % each !== 0) continue;
    const image = text.slice(token.start, token.end);
    const next = tokens[index + 1];
    const before = text.slice(0, token.start);
    if (kind === "delete") yield { text: `${before} ${text.slice(token.end)}`, changed: [token] };
    else if (kind === "duplicate") yield { text: `${before}${image} ${text.slice(token.start)}`, changed: [token] };
    else if (next !== undefined) {
      const swapped = text.slice(next.start, next.end) + text.slice(token.end, next.start) + image;
      yield { text: before + swapped + text.slice(next.end), changed: [token, next] };
    }
  }
}

interface Outcome {
  readonly text: string;
  readonly original: string;
  readonly mistakes: readonly string[];
  /** Names of declarations that nothing touched and that are gone or changed. */
  readonly lost: readonly string[];
}

const outcomes = (text: string, kind: Kind): readonly Outcome[] =>
  fieldsOf(text).flatMap((field) => outcomesIn(field, kind));

function outcomesIn(field: Field, kind: Kind): readonly Outcome[] {
  const { text } = field;
  const whole = parsed(text).file.declarations.map((node) => ({ span: node.span, json: canonicalJson(node) }));
  const indexOf = ({ start }: Piece) => whole.findIndex(({ span }) => start >= span.start && start < span.end);
  return [...mutants(field, kind)].map((mutant) => {
    const hit = new Set<number>();
    for (const piece of mutant.changed) {
      const index = indexOf(piece);
      hit.add(index);
      // The word that starts a declaration also ends the one before it.
      if (index < 0 || whole[index]?.span.start === piece.start)
        hit.add(index < 0 ? indexOf({ ...piece, start: piece.start - 2 }) : index - 1);
    }
    const { file, diagnostics } = parsed(mutant.text);
    const left = new Set(file.declarations.map(canonicalJson));
    const lost = whole
      .filter((node, index) => !hit.has(index) && !left.has(node.json))
      .map((node) => node.json.slice(0, 60));
    return {
      text: mutant.text,
      original: text,
      mistakes: diagnostics.map((each) => `${each.code} ${each.text}`),
      lost,
    };
  });
}

const lines = (list: readonly Outcome[]): readonly string[] =>
  list.map(({ text, original, mistakes, lost }) => {
    const at = [...text].findIndex((character, index) => character !== original[index]);
    return `${JSON.stringify(text.slice(Math.max(0, at - 30), at + 30))}: ${mistakes.join("; ")} lost ${lost.join(", ")}`;
  });
const losing = (all: readonly Outcome[]) => lines(all.filter(({ lost }) => lost.length > 0));
const doubled = (all: readonly Outcome[]) => lines(all.filter(({ mistakes }) => mistakes.length > 1));

describe.each(examples)("$name", ({ text }) => {
  test("with any token deleted has one mistake, or is grammatical, and loses no other declaration", () => {
    const all = outcomes(text, "delete");
    expect(losing(all)).toEqual([]);
    expect(doubled(all)).toEqual([]);
    // Most tokens carry the structure: a parser that accepted nearly everything would fail here.
    expect(all.filter(({ mistakes }) => mistakes.length > 0).length).toBeGreaterThan(all.length * 0.9);
  });

  test.each(["duplicate", "swap"] as const)("with any token under %s loses no other declaration", (kind) => {
    const all = outcomes(text, kind);
    expect(all.length).toBeGreaterThan(50);
    expect(losing(all)).toEqual([]);
    expect(all.filter(({ mistakes }) => mistakes.length > 2).length).toBeLessThan(all.length * 0.01);
  });
});

test("a mutated file on one line, or indented, keeps its other declarations", () => {
  const text = 'segment A where purchased and opened segment B where clicked email c < subject "x" > team d "y" use e';
  for (const layout of [text, text.replace(/ (segment|email|team|use) /g, "\n    $1 ").replace(/^/, "    ")]) {
    const all = outcomes(layout, "delete");
    expect(doubled(all)).toEqual([]);
    expect(losing(all)).toEqual([]);
  }
});
