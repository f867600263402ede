// Reading Chevrotain's concrete tree: typed access to its children, spans, and what to do where recovery left a gap.

import type { CstElement, CstNode, IToken } from "chevrotain";
import type { Diagnostic } from "../diagnostics/entry.ts";
import type { Node, Span } from "../span.ts";

/** What the builders share while they read one file. */
export interface Site {
  readonly file: string;
  /** The doc comment that ends in front of an offset. */
  readonly docBefore: (offset: number) => string | null;
  readonly report: (diagnostic: Diagnostic) => void;
  /** True while the piece being read had an error. */
  readonly recovered: boolean;
}

/** Thrown where recovery left out something that a node needs; the nearest list leaves the node out. */
export class Incomplete extends Error {}

const isToken = (element: CstElement): element is IToken => "tokenTypeIdx" in element;

export function tokens(node: CstNode, key: string): readonly IToken[] {
  return (node.children[key] ?? []).filter(isToken);
}
export function token(node: CstNode, key: string): IToken {
  const found = maybeToken(node, key);
  if (found === null) throw new Incomplete(key);
  return found;
}
export function maybeToken(node: CstNode, key: string): IToken | null {
  return tokens(node, key).find((each) => each.isInsertedInRecovery !== true) ?? null;
}
export const has = (node: CstNode, key: string): boolean => (node.children[key]?.length ?? 0) > 0;

export function nodes(node: CstNode, key: string): readonly CstNode[] {
  return (node.children[key] ?? []).filter((element): element is CstNode => !isToken(element));
}
export function child(node: CstNode, key: string): CstNode {
  const found = maybeChild(node, key);
  if (found === null) throw new Incomplete(key);
  return found;
}
export function maybeChild(node: CstNode, key: string): CstNode | null {
  return nodes(node, key)[0] ?? null;
}
/** The only child of a rule that is a choice between other rules. */
export function onlyChild(node: CstNode): CstNode {
  for (const list of Object.values(node.children)) {
    const first = list[0];
    if (first !== undefined && !isToken(first)) return first;
  }
  throw new Incomplete(node.name);
}

/** The keywords of a node itself, in order, joined by spaces: `time zone`. */
export function phraseOf(node: CstNode): string {
  const found: IToken[] = [];
  for (const list of Object.values(node.children)) {
    for (const element of list) if (isToken(element) && isKeyword(element)) found.push(element);
  }
  found.sort((one, other) => one.startOffset - other.startOffset);
  return found.map((each) => each.tokenType.name.toLowerCase()).join(" ");
}
const isKeyword = (each: IToken): boolean => /^[A-Z]+$/.test(each.tokenType.name);

/** The phrase of a node as one of the kinds that it can be. */
export function pick<K extends string>(node: CstNode, kinds: readonly K[]): K {
  const phrase = phraseOf(node);
  const found = kinds.find((kind) => kind === phrase);
  if (found === undefined) throw new Incomplete(phrase);
  return found;
}
/** The one of `keys` (keywords) that stands in a node. */
export function which<K extends string>(node: CstNode, words: readonly K[]): K {
  const found = words.find((word) => has(node, word.toUpperCase()));
  if (found === undefined) throw new Incomplete(words.join());
  return found;
}

export function spanOf(node: CstNode, site: Site): Span {
  const { startOffset, endOffset } = node.location ?? { startOffset: Number.NaN };
  if (Number.isNaN(startOffset) || endOffset === undefined || Number.isNaN(endOffset)) throw new Incomplete(node.name);
  return { file: site.file, start: startOffset, end: endOffset + 1 };
}
export function tokenSpan(each: IToken, site: Site): Span {
  if (Number.isNaN(each.startOffset) || each.endOffset === undefined) throw new Incomplete(each.image);
  return { file: site.file, start: each.startOffset, end: each.endOffset + 1 };
}
/** True for a rule that matched nothing, such as an event without any of its options. */
export const isEmpty = (node: CstNode): boolean => Object.keys(node.children).length === 0;

/** Builds each of a list; what recovery left incomplete is left out. */
export function each<T>(list: readonly CstNode[], build: (node: CstNode) => T): readonly T[] {
  const built: T[] = [];
  for (const node of list) {
    const one = attempt(() => build(node));
    if (one !== null) built.push(one);
  }
  return built;
}

/** The result of `build`, or null where recovery left a gap. */
export function attempt<T>(build: () => T): T | null {
  try {
    return build();
  } catch (thrown) {
    if (thrown instanceof Incomplete) return null;
    throw thrown;
  }
}

/** `build` of a child that need not be there. */
export function maybe<T>(node: CstNode, key: string, build: (node: CstNode) => T): T | null {
  const found = maybeChild(node, key);
  return found === null ? null : build(found);
}

export const bySpan = (one: Node, other: Node): number => one.span.start - other.span.start;
