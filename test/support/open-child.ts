// A process that opens a database and says how it went; with `hold` it keeps it open until it is killed.

import { openDatabase } from "../../runtime/store/duckdb.ts";

const [path = "", mode = ""] = process.argv.slice(2);
const result = await openDatabase(path);
console.log(result.ok ? "fine" : result.failure.code);
if (mode === "hold") process.stdin.resume();
else if (result.ok) await result.value.close();
