// Runs the built benchmarks: all, or those named on the command line.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

const wanted = process.argv.slice(2);
const all = readdirSync("dist/bench").filter((file) => file.endsWith(".js"));
const chosen = wanted.length === 0 ? all : all.filter((file) => wanted.includes(file.replace(/\.js$/, "")));
if (chosen.length === 0) {
  console.error(`No such benchmark. There are: ${all.map((file) => file.replace(/\.js$/, "")).join(", ")}`);
  process.exit(2);
}
for (const file of chosen) {
  console.log(`\n## ${file.replace(/\.js$/, "")}\n`);
  const { status } = spawnSync(process.execPath, ["--expose-gc", `dist/bench/${file}`], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
