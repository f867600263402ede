// Runs the built benchmarks: all, or those named on the command line.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";

const folder = "dist/bench";
const files = existsSync(folder) ? readdirSync(folder) : [];
const all = files.filter((file) => file.endsWith(".js")).map((file) => file.slice(0, -".js".length));
const wanted = process.argv.slice(2);
const usage = `Usage: npm run bench [NAME…]\nThere are: ${all.join(", ")}\n`;

function refuse(text) {
  process.stderr.write(text);
  process.exit(2);
}

if (all.length === 0) refuse("No benchmark is built. Run `npm run build` first.\n");
if (wanted.includes("--help") || wanted.includes("-h")) {
  process.stdout.write(usage);
  process.exit(0);
}
const unknown = wanted.find((name) => !all.includes(name));
if (unknown !== undefined) refuse(`There is no benchmark \`${unknown}\`.\n${usage}`);
for (const name of wanted.length === 0 ? all : all.filter((one) => wanted.includes(one))) {
  console.log(`\n## ${name}\n`);
  const { status } = spawnSync(process.execPath, ["--expose-gc", `${folder}/${name}.js`], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
