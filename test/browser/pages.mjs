// The pages of `cadenza docs`, and those by which people unsubscribe, in a real browser: at phone and desk width, light, dark
// and printed. Writes "PASSED FAILED"
// to the file given as first argument; with a folder as second argument it leaves pictures there.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { startChromium } from "./chromium.mjs";
import { faults } from "./faults.mjs";
import { judgeServed } from "./served.mjs";

const [report, pictures] = process.argv.slice(2);
const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "cadenza-pages-"));
const projects = ["test/golden/docs/small", "examples/onboarding"];

const views = [
  { width: 360, scheme: "light" },
  { width: 360, scheme: "dark" },
  { width: 1200, scheme: "light" },
  { width: 1200, scheme: "dark" },
];

/** The text that the frames of a page hold. */
async function mailTexts(page) {
  const texts = [];
  const walk = (node) => {
    if (node.nodeName === "#text") texts.push(node.nodeValue);
    for (const child of node.children ?? []) walk(child);
  };
  for (const frame of await page.frames()) walk(frame);
  return texts.join(" ");
}

let passed = 0;
let failed = 0;
function judge(name, problems) {
  if (problems.length === 0) {
    passed++;
    return;
  }
  failed++;
  console.log(`FAILED: ${name}\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
}

async function judgeProject(page, project) {
  const pages = join(folder, project.replaceAll("/", "-"));
  execFileSync(process.execPath, [
    join(root, "dist/cadenza.js"),
    "docs",
    "--project",
    join(root, project),
    "--html",
    pages,
  ]);
  const names = readdirSync(pages).filter((name) => name.endsWith(".html"));
  for (const name of names) {
    const url = pathToFileURL(join(pages, name)).href;
    for (const view of views) {
      page.requests.length = 0;
      page.errors.length = 0;
      await page.open(url, view);
      const strange = page.requests.filter((request) => request !== url && !request.startsWith("about:"));
      // What a mail would fetch or run is refused, and the browser says so.
      const errors = page.errors.filter((text) => !/Content Security Policy|sandboxed/.test(text));
      const problems = [
        ...(await page.evaluate(`(${faults})()`)),
        ...strange.map((request) => `asks for ${request}`),
        ...errors,
      ];
      judge(`${project} ${name} at ${view.width}, ${view.scheme}`, problems);
      if (pictures)
        writeFileSync(
          join(pictures, `${project.replaceAll("/", "-")}-${name}-${view.width}-${view.scheme}.png`),
          await page.screenshot(),
        );
    }
    const { data } = await page.send("Page.printToPDF", { printBackground: false });
    judge(
      `${project} ${name} printed`,
      Buffer.from(data, "base64").subarray(0, 5).toString() === "%PDF-" ? [] : ["is no PDF"],
    );
  }
  await page.open(pathToFileURL(join(pages, "emails.html")).href, views[2]);
  const shown = await mailTexts(page);
  judge(
    `${project} shows its mails`,
    /Mia/.test(shown) && /To stop these mails/.test(shown) ? [] : [`only ${shown.slice(0, 200)}`],
  );
}

const browser = await startChromium(process.env.CHROMIUM ?? "/usr/bin/chromium");
try {
  const page = await browser.page();
  for (const project of projects) await judgeProject(page, project);
  await judgeServed(page, { judge, pictures });
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
if (report) writeFileSync(report, `${passed} ${failed}\n`);
console.log(`browser: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
