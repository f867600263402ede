// Lines of formatted text, with the comments of the source put back beside their neighbours.

import type { Comment, File } from "../ast/file.ts";
import type { Node } from "../span.ts";

/** Widest line of a condition, and widest block that stays on one line. */
export const maxLine = 80;
const maxBlock = 60;
const step = 2;

export const inner = (indent: number): number => indent + step;

/** Where a printed line stands in the source: comments up to `to` come before it, and one on its line up to `limit` behind it. */
export interface Place {
  readonly to: number;
  readonly limit: number;
  /** True where `from` is not known well enough to keep a blank line before it. */
  readonly isJoined?: boolean;
}

/** A stretch of the source. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export class Writer {
  readonly lines: string[] = [];
  private readonly text: string;
  private readonly comments: readonly Comment[];
  private cursor = 0;
  /** The end of what was written last, in the source. */
  private at = 0;
  /** True at the start of the file and of a block, where no blank line belongs. */
  private isFresh = true;

  constructor(file: File) {
    this.text = file.source.text;
    this.comments = [...file.comments].sort((one, other) => one.span.start - other.span.start);
  }

  /** Writes one line of the element that starts at `from` in the source. */
  line(indent: number, text: string, from: number, place: Place): void {
    this.ownLines(indent, place.to);
    if (place.isJoined !== true) this.blank(from);
    this.push(indent, text);
    this.at = Math.max(this.at, place.to);
    this.trailing(place.limit);
  }

  /** Writes a stretch of the source as it is, its comments and line ends too. */
  verbatim({ start, end }: Stretch): void {
    this.ownLines(0, start);
    this.blank(start);
    this.lines.push(this.text.slice(start, end));
    this.at = end;
    while ((this.comments[this.cursor]?.span.start ?? Number.POSITIVE_INFINITY) < end) this.cursor++;
  }

  /** Writes the line that opens a block. */
  open(indent: number, text: string, from: number, place: Place): void {
    this.line(indent, text, from, place);
    this.isFresh = true;
  }

  /** Says that the next line goes on with the element before it, so no blank line comes between. */
  continues(): void {
    this.isFresh = true;
  }
  /** Says that the last line opened a block. */
  opened(): void {
    this.isFresh = true;
  }

  /**
   * Puts a blank line in front of what was written from line `first` on, if it or the declaration before it is longer
   * than a line; true if it is.
   */
  separate(first: number, wasLong: boolean): boolean {
    const written = this.lines.slice(first);
    const code = written.filter((line) => line !== "" && !line.startsWith("#"));
    const isLong = code.length > 1 || code.some((line) => line.includes("\n"));
    const lead = written.slice(0, written.length - code.length - (written.at(-1) === "" ? 1 : 0));
    const isApart = first === 0 || written.slice(0, lead.length + 1).includes("");
    if ((isLong || wasLong) && !isApart) this.lines.splice(first, 0, "");
    return isLong;
  }

  /** Writes the line that closes a block; comments in front of it belong to the block. */
  close(indent: number, text: string, end: number, limit: number): void {
    this.ownLines(inner(indent), end);
    this.isFresh = false;
    this.push(indent, text);
    this.at = Math.max(this.at, end);
    this.trailing(limit);
  }

  /** Comments that start before `offset`, each on a line of its own. */
  ownLines(indent: number, offset: number): void {
    for (
      let next = this.comments[this.cursor];
      next !== undefined && next.span.start < offset;
      next = this.comments[this.cursor]
    ) {
      this.blank(next.span.start);
      this.push(indent, next.text);
      this.at = Math.max(this.at, next.span.end);
      this.cursor++;
    }
  }

  /** One blank line where the source has some, never two. */
  private blank(start: number): void {
    const gap = this.text.slice(this.at, start);
    const isAsked = gap.split("\n").length > 2;
    if (isAsked && !this.isFresh && this.lines.at(-1) !== "") this.lines.push("");
    this.isFresh = false;
  }
  private push(indent: number, text: string): void {
    this.lines.push(text === "" ? "" : " ".repeat(indent) + text);
  }
  private trailing(limit: number): void {
    const next = this.comments[this.cursor];
    if (next === undefined || next.span.start >= limit || next.span.start < this.at) return;
    if (this.text.slice(this.at, next.span.start).includes("\n")) return;
    this.lines.push(`${this.lines.pop() ?? ""}  ${next.text}`);
    this.at = next.span.end;
    this.cursor++;
  }

  hasComment(start: number, end: number): boolean {
    return this.comments.some(({ span }) => span.start >= start && span.start < end);
  }

  /** Whether `block` may stand on one line behind `head`; comments from `start` to `end` stay inside it and need lines. */
  fits(indent: number, head: string, block: string, { start, end }: Stretch): boolean {
    if (this.hasComment(start, end)) return false;
    return block.length <= maxBlock && indent + head.length + 1 + block.length <= maxLine;
  }
}

/** `< a  b >` */
export const oneLine = (parts: readonly string[]): string => (parts.length === 0 ? "< >" : `< ${parts.join("  ")} >`);

/** Calls `write` for each node with the start of the one behind it, up to which a comment can belong to it. */
export function eachWithLimit<N extends Node>(
  list: readonly N[],
  end: number,
  write: (node: N, limit: number) => void,
): void {
  list.forEach((node, index) => {
    write(node, list[index + 1]?.span.start ?? end);
  });
}
