// A database that stays the same for all who hold it while another file takes the place of its own.

import type { Database } from "./ports.ts";

export interface Replaceable extends Database {
  /**
   * `work` closes the old one, behind all that was asked of it, and opens the new one; what is asked meanwhile waits. Where it fails, all that
   * is asked later fails as it did.
   */
  replace(work: (old: Database) => Promise<Database>): Promise<void>;
}

export function replaceable(first: Database): Replaceable {
  let current = first;
  let coming: Promise<Database> | null = null;
  const at = <T>(work: (database: Database) => Promise<T>): Promise<T> => (coming ? coming.then(work) : work(current));
  return {
    run: (sql) => at((database) => database.run(sql)),
    change: (sql) => at((database) => database.change(sql)),
    transaction: (work, meanwhile) => at((database) => database.transaction(work, meanwhile)),
    close: () => at((database) => database.close()),
    async replace(work) {
      const old = current;
      coming = work(old);
      current = await coming;
      coming = null;
    },
  };
}
