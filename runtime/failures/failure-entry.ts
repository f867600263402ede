// What a row of the table of failures is: the words for a code, made of what was found.

export interface FailureEntry<P> {
  readonly text: (params: P) => string;
  readonly help: (params: P) => string;
}

export type FailureTable<P> = { readonly [C in keyof P]: FailureEntry<P[C]> };

/** What the system or a library says, as the end of a sentence. */
export const ended = (reason: string): string => (/[.!?]$/.test(reason) ? reason : `${reason}.`);
