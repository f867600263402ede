// Ten million contacts and a hundred million events as Parquet: loaded, all segments judged, and an hour later again, each
// step in a process whose resident memory is bounded. What a contact costs is set against a tenth of them.
//
// npm run bench:large [CONTACTS]      10M, 1M, 200k …; there are ten events for each

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { compile, open } from "../../dist/index.js";

const mostResident = 8e9;
const mostTimes = 1.5;
// What the database may hold; the rest of the process comes on top.
const memory = "5GB";
const now = Date.parse("2026-03-02T09:00:00Z");
const hourMs = 3_600_000;

const events = [
  { name: "received", share: 4 },
  { name: "opened", share: 2.5 },
  { name: "clicked", share: 0.5 },
  { name: "visited", share: 1.5 },
  { name: "purchased", share: 1.5 },
];
const columns = {
  received: "'m' || i AS message",
  opened: "'m' || i AS message",
  clicked: "'m' || i AS message",
  visited: "'https://acme.example/' || i % 500 AS url",
  purchased: "CAST(hash(i, 78) % 50000 / 100.0 AS DECIMAL(18, 4)) AS amount",
};

/** Every kind of condition, with windows of many lengths. */
const shapes = [
  (at) => `role = boss and not opened in ${30 + at}d`,
  (at) => `visited at least ${1 + (at % 4)} times in ${7 + at}d`,
  (at) => `sum of purchased.amount in ${90 + at}d >= ${100 + 10 * at} EUR`,
  (at) => `purchased exactly ${1 + (at % 3)} times and not purchased in ${20 + at}d`,
  (at) => `received at least 3 times in ${60 + at}d and not clicked in ${60 + at}d`,
  (at) => `created before ${at}d ago and seats >= ${at}`,
  (at) => `last purchased before ${60 + at}d ago`,
  (at) => `visited where (url ends with "/${at}") in ${30 + at}d`,
  (at) => `in S${at - 8} and not in S${at - 7}`,
  (at) => `role != user and (seats < ${at} or opened in ${10 + at}d)`,
];
const segments = Array.from({ length: 100 }, (_, at) => `segment S${at} where ${shapes[at % shapes.length](at)}`);

const source = `project large < time zone "UTC"  currency EUR  sender "A <a@a.example>"  postal address "Street 1" >
contact < id text key  email email  role one of (boss, influencer, user)?  seats number?  created datetime >
event purchased < amount money >
load contact from parquet "contact.parquet" < id from id  email from email  role from role  seats from seats  created from created >
${events
  .map(({ name }) => {
    const own =
      name === "visited" ? "url from url" : name === "purchased" ? "amount from amount" : "message from message";
    return `load ${name} from parquet "${name}.parquet" < contact from contact  at from at  event id from id  ${own} >`;
  })
  .join("\n")}
${segments.join("\n")}
`;

async function generate(folder, contacts) {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2", memory_limit: "2GB" });
  const connection = await instance.connect();
  const write = (name, select) =>
    connection.run(`COPY (${select}) TO '${join(folder, name)}.parquet' (FORMAT parquet)`);
  await write(
    "contact",
    `SELECT 'c' || i AS id, 'p' || i || '@x.example' AS email,
      ['boss', 'influencer', 'user', 'user', NULL][1 + CAST(hash(i, 1) % 5 AS BIGINT)] AS role,
      CASE WHEN hash(i, 2) % 4 > 0 THEN CAST(hash(i, 2) % 500 AS DOUBLE) END AS seats,
      TIMESTAMP '2026-03-01' - to_seconds(CAST(hash(i, 3) % 94608000 AS BIGINT)) AS created FROM range(${contacts}) AS r(i)`,
  );
  for (const [seed, { name, share }] of events.entries()) {
    const rows = Math.round(contacts * share);
    await write(
      name,
      `SELECT 'c' || hash(i, ${10 + seed}) % ${contacts} AS contact, '${name}' || i AS id,
        TIMESTAMP '2023-03-02' + to_milliseconds(CAST(i AS BIGINT) * 94694400000 // ${rows}) AS "at", ${columns[name]}
      FROM range(${rows}) AS r(i)`,
    );
  }
  instance.closeSync();
}

function unwrap(result) {
  if (!result.ok) throw new Error(`${result.failure.code} ${result.failure.text}`);
  return result.value;
}

/** One step in this process, and what it took. */
async function step(folder, name) {
  const { plan, diagnostics } = compile([{ path: "large.cdz", text: source }]);
  if (!plan) throw new Error(JSON.stringify(diagnostics));
  const engine = unwrap(
    await open({ plan, database: { folder: join(folder, "state") }, dataDir: folder, threads: 2, memory }),
  );
  const before = process.cpuUsage();
  const start = performance.now();
  let rows = 0;
  if (name === "load") {
    for (const report of unwrap(await engine.load({ at: now }))) rows += report.rows;
  } else {
    const { segments: all } = unwrap(await engine.segments(name === "judge" ? now : now + hourMs));
    rows = all.reduce((sum, { count }) => sum + count, 0);
  }
  const { user, system } = process.cpuUsage(before);
  const taken = { rows, wallMs: performance.now() - start, processorMs: (user + system) / 1000 };
  await engine.close();
  console.log(JSON.stringify({ ...taken, resident: process.resourceUsage().maxRSS * 1024 }));
}

async function inProcess(folder, name) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "--step", folder, name], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.on("data", (text) => {
    out += text;
  });
  const code = await new Promise((done) => child.on("close", done));
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
  return JSON.parse(out);
}

const count = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 0 });
const perThousand = ({ processorMs }, contacts) => (1000 * processorMs) / contacts;

async function measure(contacts) {
  const folder = mkdtempSync(join(tmpdir(), "cadenza-large-"));
  try {
    await generate(folder, contacts);
    const found = {};
    for (const name of ["load", "judge", "an hour later"]) {
      found[name] = await inProcess(folder, name);
      const { rows, wallMs, processorMs, resident } = found[name];
      const cells = [name, count(contacts), count(rows), count(wallMs), count(processorMs)];
      console.log(
        `| ${[...cells, perThousand(found[name], contacts).toFixed(2), count(resident / 1e6)].join(" | ")} |`,
      );
    }
    console.log(
      `| database, MB | ${count(contacts)} | ${count(statSync(join(folder, "state/cadenza.duckdb")).size / 1e6)} | | | | |`,
    );
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sizeOf(text) {
  const [, number, unit] = /^([\d_.]+)([kM]?)$/.exec(text) ?? [];
  const size = Math.round(Number(number?.replaceAll("_", "")) * { "": 1, k: 1e3, M: 1e6 }[unit ?? ""]);
  if (size >= 1000) return size;
  process.stderr.write("Usage: npm run bench:large [CONTACTS], such as 10M or 200k\n");
  process.exit(2);
}

const [first = "10M", folder, name] = process.argv.slice(2);
if (first === "--step") {
  await step(folder, name);
} else {
  const contacts = sizeOf(first);
  console.log(`${segments.length} segments, ten events for each contact; the database takes up to ${memory}\n`);
  console.log("| step | contacts | rows or members | wall ms | processor ms | per 1,000 contacts | resident MB |");
  console.log("|---|---|---|---|---|---|---|");
  const small = await measure(Math.round(contacts / 10));
  const large = await measure(contacts);
  const most = Math.max(...Object.values(large).map(({ resident }) => resident));
  console.log(`\nAt most ${count(most / 1e6)} MB resident (target ${count(mostResident / 1e6)}).`);
  for (const step of Object.keys(large)) {
    const times = perThousand(large[step], contacts) / perThousand(small[step], contacts / 10);
    console.log(`${step}: ${times.toFixed(2)} times the cost for each contact (target ${mostTimes})`);
  }
}
