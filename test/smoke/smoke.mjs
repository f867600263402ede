// Tries the built command and the built library as a user would, with the Node that runs this file.
// Usage: node test/smoke/smoke.mjs [REPORT]: REPORT gets "PASSED FAILED".
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const command = fileURLToPath(new URL("../../dist/cadenza.js", import.meta.url));
const library = pathToFileURL(fileURLToPath(new URL("../../dist/index.js", import.meta.url))).href;
const folder = mkdtempSync(join(tmpdir(), "cadenza-smoke-"));
const cadenza = (...args) => execFileSync(process.execPath, [command, ...args], { cwd: folder, encoding: "utf8" });
const equal = (found, wanted) => {
  if (found !== wanted) throw new Error(`found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
};
const includes = (text, part) => {
  if (!text.includes(part)) throw new Error(`${JSON.stringify(part)} is not in ${JSON.stringify(text)}`);
};

const checks = {
  "init writes a project": () => includes(cadenza("init", "shop"), "cadenza check --project shop"),
  "check finds no error": () => includes(cadenza("check", "--project", "shop"), "0 errors"),
  "load fills the database": () => includes(cadenza("load", "--project", "shop", "--now", "2026-02-20"), "20 added"),
  "a segment is counted": () =>
    equal(cadenza("show", "segment", "Customers", "--project", "shop", "--now", "2026-02-20", "--count").trim(), "7"),
  "a replay mails people": () => {
    includes(
      cadenza("run", "--project", "shop", "--now", "2026-01-01", "--until", "2026-02-15", "--every", "1h"),
      "onboarding",
    );
    const mails = readdirSync(join(folder, "shop/.cadenza/mail"), { recursive: true }).filter((name) =>
      String(name).endsWith(".eml"),
    );
    if (mails.length === 0) throw new Error("no mail was written");
  },
  "the library compiles by itself": async () => {
    const { compile } = await import(library);
    const source = 'contact < id text key  email email >\nsegment All where everyone\nproject p < time zone "UTC" >\n';
    const { plan, diagnostics } = compile([{ path: "a.cdz", text: source }]);
    if (plan === null) throw new Error(JSON.stringify(diagnostics));
    equal(plan.segments[0].id, "All");
  },
};

let passed = 0;
let failed = 0;
console.log(`Node ${process.version}`);
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    passed++;
    console.log(`ok      ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${name}\n${error.stdout ?? ""}${error.stderr ?? ""}${error.message}`);
  }
}
rmSync(folder, { recursive: true, force: true });
if (process.argv[2]) writeFileSync(process.argv[2], `${passed} ${failed}\n`);
process.exitCode = failed > 0 ? 1 : 0;
