// The ports of one life of the engine: every call through them is counted, and may fail, or be the last one of that life.

import { Failed, failure } from "../../runtime/failures/failures.ts";
import type { Caller, Database, Mailer, MailLike, ProviderRecords, Session } from "../../runtime/ports.ts";

/** `before`: the call is not made. `behind`: it is, but nobody is told. */
export interface Fault {
  readonly kind: "fail" | "crash";
  readonly when: "before" | "behind";
}

/** What a call is made to. Statements inside a transaction are undone with it, so `behind` adds nothing to them. */
export type Door = "statement" | "change" | "transaction" | "mailer" | "caller";

/** Asked at every call, from 1; null: nothing happens to it. */
export type Plot = (call: number, door: Door) => Fault | null;

export interface Life {
  readonly database: Database;
  readonly mailer: Mailer;
  readonly caller: Caller | null;
  readonly calls: () => number;
  /** Resolves when the engine has crashed. */
  readonly death: Promise<"crashed">;
}

/** What rolls back the transaction of an engine that is no more. */
class Crashed extends Error {}

const never = new Promise<never>(() => undefined);

interface Watch {
  readonly isDead: () => boolean;
  through<T>(door: Door, call: () => Promise<T>): Promise<T>;
}

function watchOf(plot: Plot) {
  let calls = 0;
  let isDead = false;
  let die: (how: "crashed") => void = () => undefined;
  const death = new Promise<"crashed">((resolve) => {
    die = resolve;
  });
  const strike = (door: Door, { kind }: Fault): Promise<never> => {
    if (kind === "fail")
      throw door === "mailer" || door === "caller" ? new Error("connection reset") : new Failed(diskFull);
    isDead = true;
    die("crashed");
    return silence(door);
  };
  const watch: Watch = {
    isDead: () => isDead,
    async through(door, call) {
      if (isDead) return silence(door);
      calls += 1;
      const fault = plot(calls, door);
      if (fault?.when === "before") return strike(door, fault);
      const value = await call();
      if (isDead) return silence(door);
      return fault ? strike(door, fault) : value;
    },
  };
  return { watch, death, calls: () => calls };
}

const diskFull = failure("F125", { path: "a.duckdb" });

/** Nobody hears of a call of the dead; only a transaction must hear of it, to be rolled back. */
function silence(door: Door): Promise<never> {
  if (door === "statement" || door === "transaction") throw new Crashed();
  return never;
}

const sessionOf = (session: Session, door: Door, { through }: Watch): Session => ({
  run: (sql) => through(door, () => session.run(sql)),
  change: (sql) => through(door, () => session.change(sql)),
});

function databaseOf(database: Database, watch: Watch): Database {
  const transaction: Database["transaction"] = async (work) => {
    if (watch.isDead()) return never;
    let value: { readonly of: Awaited<ReturnType<typeof work>> } | null = null;
    try {
      // A fault before the commit undoes all; one behind it is met when all is written.
      await watch.through("transaction", () =>
        database.transaction(async (session) => {
          value = { of: await work(sessionOf(session, "statement", watch)) };
          if (watch.isDead()) throw new Crashed();
        }),
      );
    } catch (error) {
      if (watch.isDead()) return never;
      throw error;
    }
    return (value as unknown as { readonly of: Awaited<ReturnType<typeof work>> }).of;
  };
  return { ...sessionOf(database, "change", watch), close: async () => undefined, transaction };
}

async function* partsOf<T>(parts: AsyncIterable<T>, { through }: Watch): AsyncIterable<T> {
  const steps = parts[Symbol.asyncIterator]();
  for (;;) {
    const step = await through("mailer", () => steps.next());
    if (step.done) return;
    yield step.value;
  }
}

function recordsOf(records: ProviderRecords, watch: Watch): ProviderRecords {
  const { through } = watch;
  return {
    told: (since) => partsOf(records.told(since), watch),
    listed: () => partsOf(records.listed(), watch),
    list: (entries) => through("mailer", () => records.list(entries)),
    unlist: (mailboxes) => through("mailer", () => records.unlist(mailboxes)),
  };
}

function mailerOf({ find, findLike, records, ...mailer }: Mailer, watch: Watch): Mailer {
  return {
    ...mailer,
    send: (message) => watch.through("mailer", () => mailer.send(message)),
    ...(find ? { find: (id: string, around: number) => watch.through("mailer", () => find(id, around)) } : {}),
    ...(findLike ? { findLike: (mail: MailLike) => watch.through("mailer", () => findLike(mail)) } : {}),
    ...(records ? { records: recordsOf(records, watch) } : {}),
  };
}

/** `caller` null: nobody makes calls of webhooks. */
export function lifeOf(database: Database, mailer: Mailer, caller: Caller | null, plot: Plot): Life {
  const { watch, death, calls } = watchOf(plot);
  return {
    database: databaseOf(database, watch),
    mailer: mailerOf(mailer, watch),
    caller: caller && { ...caller, call: (call) => watch.through("caller", () => caller.call(call)) },
    calls,
    death,
  };
}
