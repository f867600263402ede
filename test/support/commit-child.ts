// A process that commits rows one by one, and now and then writes them from the log into the file: `n` when that is done.

import { Failed } from "../../runtime/failures/failures.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";

const [path = "", rows = "0", bytes = "0", every = "1"] = process.argv.slice(2);
const opened = await openDatabase(path, { threads: 1 });
if (!opened.ok) throw new Error(opened.failure.text);
const database = opened.value;
const run = (text: string) => database.run({ text, params: {} });

/** Text that does not compress. */
const noise = (length: number) =>
  `(SELECT string_agg(md5(concat(i, '-', random())), '') FROM range(${Math.ceil(length / 32)}) AS r(i))`;

let done = 0;
try {
  await run("CREATE TABLE IF NOT EXISTS kept (n INTEGER PRIMARY KEY, noise VARCHAR)");
  for (let n = 1; n <= Number(rows); n++) {
    await database.transaction((session) =>
      session.change({ text: `INSERT INTO kept SELECT ${n}, ${noise(Number(bytes))}`, params: {} }),
    );
    done = n;
    if (n % Number(every) === 0) await run("CHECKPOINT");
  }
  console.log(JSON.stringify({ code: null, done }));
} catch (error) {
  if (!(error instanceof Failed)) throw error;
  const next = await run("SELECT 1 FROM kept").then(
    () => null,
    (second: unknown) => (second instanceof Failed ? second.failure.code : String(second)),
  );
  console.log(JSON.stringify({ code: error.failure.code, done, next }));
}
process.exit(0);
