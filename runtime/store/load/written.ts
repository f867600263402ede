// What writing the rows of one file came to.

export interface Written {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Rows that another row of the same file overrode, and that said something else. */
  readonly duplicates: number;
  readonly rejected: number;
  /** Events whose time is yet to come. */
  readonly future: number;
}
