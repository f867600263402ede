// What compiling needs to know of the world, as values and pure look-ups.

import type { SourceFile } from "../grammar/span.ts";

/** A file of the project, or why there is none. */
export type Body =
  | { readonly kind: "text"; readonly path: string; readonly text: string }
  /** Outside the project folder, by `..`, an absolute path or a symbolic link. */
  | { readonly kind: "outside" }
  | { readonly kind: "missing" }
  /** A file that can be read, but not as text. */
  | { readonly kind: "no text"; readonly reason: string }
  | { readonly kind: "unreadable"; readonly reason: string };

/** The bytes of a file of the project, or why there are none. */
export type Contents =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | Extract<Body, { readonly kind: "outside" | "missing" | "unreadable" }>;

export interface World {
  /** Sources of the standard library's packs. */
  readonly library: readonly SourceFile[];
  /** Whether that is a time zone's IANA name. */
  readonly isZone: (name: string) => boolean;
  /** Reads a file by its path relative to the project folder. */
  readonly body: (path: string) => Body;
  /** Reads what is to be attached, of `mostBytes` at most; absent: no file is there. */
  readonly contents?: (path: string, mostBytes: number) => Contents;
}
