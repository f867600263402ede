// A process that moves a database to another project without a checkpoint behind it, says so, and waits to be killed.

import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { catalogOf } from "./catalog-of.ts";

const opened = await openDatabase(process.argv[2] ?? "");
if (!opened.ok) throw new Error(opened.failure.text);
// Only the log tells what a checkpoint would have written: reading it again is what the test is about.
const database = { ...opened.value, change: async () => 0 };
await ensureCatalog(database, catalogOf({ contact: "id text key, email email, seats number?, extra text?" }));
console.log("moved");
process.stdin.resume();
