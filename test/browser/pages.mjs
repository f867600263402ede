// The pages of `cadenza docs` in a real browser: at phone and desk width, light, dark and printed. Writes "PASSED FAILED"
// to the file given as first argument; with a folder as second argument it leaves pictures there.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { startChromium } from "./chromium.mjs";

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

/** Runs in the page: what looks wrong, in words. */
function faults() {
  const found = [];
  const wide = document.documentElement;
  if (wide.scrollWidth > wide.clientWidth)
    found.push(`the page is ${wide.scrollWidth} wide in a window of ${wide.clientWidth}`);
  const channel = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const light = (colour) => {
    const [r, g, b] = (colour.match(/[\d.]+/g) ?? []).map(Number);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  };
  const contrast = (one, other) => {
    const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const { backgroundColor } = getComputedStyle(each);
      if (backgroundColor !== "rgba(0, 0, 0, 0)") return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  for (const element of document.querySelectorAll("main *:not(svg *)")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
    if (!own || element.getClientRects().length === 0) continue;
    const ratio = contrast(getComputedStyle(element).color, behind(element));
    if (ratio < 4.5)
      found.push(`contrast ${ratio.toFixed(1)} of ${element.tagName} "${element.textContent.slice(0, 30)}"`);
  }
  for (const text of document.querySelectorAll("svg.flow text")) {
    const box = (text.parentElement.tagName === "a" ? text.parentElement : text).previousElementSibling;
    if (box?.tagName !== "rect") continue;
    const [inner, outer] = [text.getBBox(), box.getBBox()];
    const isInside =
      inner.x >= outer.x &&
      inner.x + inner.width <= outer.x + outer.width &&
      inner.y >= outer.y - 2 &&
      inner.y + inner.height <= outer.y + outer.height + 4;
    if (!isInside) found.push(`"${text.textContent}" does not fit its box`);
    if (box.classList.contains("edge-label") || box.classList.contains("end-of-way")) continue;
    const ratio = contrast(getComputedStyle(text).fill, getComputedStyle(box).fill);
    if (ratio < 4.5) found.push(`contrast ${ratio.toFixed(1)} of "${text.textContent}"`);
  }
  const boxes = [...document.querySelectorAll("svg.flow")].flatMap((svg) => {
    const all = [...svg.querySelectorAll("rect:not(.edge-label)")].map((box) => box.getBBox());
    return all.flatMap((one, index) => all.slice(index + 1).map((other) => [one, other]));
  });
  const overlaps = boxes.filter(
    ([a, b]) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
  );
  if (overlaps.length > 0) found.push(`${overlaps.length} boxes of a diagram overlap`);
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.getBoundingClientRect().height < 200) found.push(`the frame ${frame.title} is too low`);
  }
  if (document.title.includes("hacked")) found.push("a script of a mail ran");
  return found;
}

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
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
if (report) writeFileSync(report, `${passed} ${failed}\n`);
console.log(`browser: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
