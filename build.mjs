// Bundles the command, the library and the benchmarks into dist/, and writes the library's type declarations.
// Bundling is what keeps the command quick to start: one file to read instead of hundreds.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { rolldown } from "rolldown";

const { dependencies, version } = JSON.parse(readFileSync("package.json", "utf8"));
const bundled = new Set(["chevrotain", "commander", "diff", "liquidjs", "luxon"]);
/** Importing a package of many CommonJS files makes Node read each of them for the names that it exports, which takes longer than to load it. */
const required = new Set(["@duckdb/node-api"]);
const external = [
  ...builtinModules,
  ...builtinModules.map((name) => `node:${name}`),
  ...Object.keys(dependencies)
    .filter((name) => !bundled.has(name) && !required.has(name))
    .flatMap((name) => [name, new RegExp(`^${name}/`)]),
];

const byRequire = {
  name: "packages that are required",
  resolveId(name, importer) {
    if (!required.has(name)) return null;
    const stub = `\0required ${name}`;
    return importer === stub ? { id: name, external: true } : stub;
  },
  load: (id) =>
    id.startsWith("\0required ") ? `module.exports = require("${id.slice("\0required ".length)}");` : null,
};

function entries() {
  const found = { cadenza: "runtime/cli/main.ts", index: "runtime/index.ts" };
  for (const kind of ["bench", "fuzz"]) {
    for (const file of existsSync(`test/${kind}`) ? readdirSync(`test/${kind}`) : []) {
      const name = new RegExp(`^(.*)\\.${kind}\\.ts$`).exec(file)?.[1];
      if (name) found[`${kind}/${name}`] = `test/${kind}/${file}`;
    }
  }
  return Object.fromEntries(Object.entries(found).filter(([, path]) => existsSync(path)));
}

/** What is bundled is passed on, so its licences are too. */
function writeLicences(chunks) {
  const modules = chunks.flatMap(({ moduleIds = [] }) => moduleIds);
  const folders = new Set(modules.flatMap((id) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []));
  const notices = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file));
    const texts = files.map((file) => readFileSync(`${folder}/${file}`, "utf8").trim());
    return `${name} ${version} (${license})\n\n${texts.join("\n\n")}\n`;
  });
  writeFileSync("dist/licences.txt", notices.join(`\n${"-".repeat(80)}\n\n`));
}

rmSync("dist", { recursive: true, force: true });
const bundle = await rolldown({
  input: entries(),
  external,
  plugins: [byRequire],
  platform: "node",
  moduleTypes: { ".cdz": "text" },
  transform: { define: { __CADENZA_VERSION__: JSON.stringify(version) } },
});
const { output } = await bundle.write({
  dir: "dist",
  format: "esm",
  chunkFileNames: "chunks/[name]-[hash].js",
  minify: true,
  sourcemap: false,
});
await bundle.close();
writeLicences(output);

const command = "dist/cadenza.js";
if (existsSync(command)) {
  const text = readFileSync(command, "utf8");
  writeFileSync(command, text.startsWith("#!") ? text : `#!/usr/bin/env node\n${text}`);
  chmodSync(command, 0o755);
}
if (!process.argv.includes("--no-types")) {
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], {
    stdio: "inherit",
  });
}
