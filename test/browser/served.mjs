// The pages by which people unsubscribe and choose what they get, served by `cadenza run` and used as people do: with the
// mouse and with the keyboard, without scripts, on a narrow phone and at a desk.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { faults } from "./faults.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const command = join(root, "dist/cadenza.js");
const secret = "a-secret-that-nobody-else-knows-0123456789";

const views = [
  { width: 320, scheme: "light" },
  { width: 320, scheme: "dark" },
  { width: 1200, scheme: "light" },
  { width: 1200, scheme: "dark" },
];

const project = `project shop < time zone "UTC"  currency EUR  sender "Ana from the very long name of a shop <shop@shop.example>"  postal address "Main Street 1" >
contact < id text key  email email >
load contact from csv "people.csv" < id from id  email from email >
topic tips "Tips for getting started with everything that we make" opt out
topic news "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" opt in
topic events "Invitations" opt in
email hello < subject "Hello"  text "Hi"  topic tips >
program greet < why "Greet"  start when unsubscribed  goal visited  send hello >
`;

function makeShop() {
  const folder = mkdtempSync(join(tmpdir(), "cadenza-served-"));
  writeFileSync(join(folder, "shop.cdz"), project);
  const people = views.map(({ width, scheme }) => `${width}${scheme},${addressOf({ width, scheme })}\n`);
  writeFileSync(join(folder, "people.csv"), `id,email\n${people.join("")}`);
  execFileSync(process.execPath, [command, "load", "--project", folder]);
  return folder;
}

const addressOf = ({ width, scheme }) => `ana.of.a.rather.long.name.${width}.${scheme}@mail.somewhere.example`;

/** Resolves with the address at which it listens. */
function startRun(folder) {
  const child = spawn(process.execPath, [command, "run", "--project", folder, "--webhook-port", "0"], {
    env: { ...process.env, CADENZA_PUBLIC_URL: "http://127.0.0.1:1", CADENZA_SECRET: secret },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const url = new Promise((resolve, reject) => {
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      said += text;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found) resolve(found[0]);
    });
    ended.then(() => reject(new Error(said)));
  });
  return { child, ended, url };
}

/** Runs in the page: what somebody who cannot see or aim well would miss. */
function obstacles() {
  const found = [];
  if (document.documentElement.lang === "") found.push("the page has no language");
  if (document.querySelectorAll("h1").length !== 1) found.push("the page has not one heading");
  if (document.querySelector("script")) found.push("the page has a script");
  for (const element of document.querySelectorAll("button, label")) {
    const { height, width } = element.getBoundingClientRect();
    if (height < 44 || width < 44) found.push(`"${element.textContent}" is ${width} by ${height}`);
  }
  for (const input of document.querySelectorAll("input:not([type=hidden])")) {
    if (!input.labels?.length) found.push(`${input.name} has no label`);
  }
  return found;
}

export async function judgeServed(page, { judge, pictures }) {
  const { unsubscribeToken } = await import(join(root, "dist/index.js"));
  const folder = makeShop();
  const { child, ended, url } = startRun(folder);
  try {
    const base = await url;
    await page.send("Emulation.setScriptExecutionDisabled", { value: true });
    for (const view of views) {
      const token = unsubscribeToken(secret, { address: addressOf(view), topic: "tips", mail: null });
      await visit({ page, judge, pictures, view, base, token });
    }
    await page.send("Emulation.setScriptExecutionDisabled", { value: false });
  } finally {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function visit({ page, judge, pictures, view, base, token }) {
  const at = `at ${view.width}, ${view.scheme}`;
  const look = async (name, expected) => {
    const text = await page.evaluate("document.body.innerText");
    const missing = expected.filter((words) => !text.includes(words)).map((words) => `"${words}" is not in ${text}`);
    const strange = page.requests.filter((request) => !request.startsWith(base) && !/^(about|data):/.test(request));
    const found = [...(await page.evaluate(`(${faults})()`)), ...(await page.evaluate(`(${obstacles})()`))];
    judge(`${name} ${at}`, [...found, ...missing, ...strange.map((request) => `asks for ${request}`), ...page.errors]);
    if (pictures)
      writeFileSync(join(pictures, `served-${name}-${view.width}-${view.scheme}.png`), await page.screenshot());
  };
  const checked = () => page.evaluate("[...document.querySelectorAll(':checked')].map(({ value }) => value).join(' ')");
  page.requests.length = 0;
  page.errors.length = 0;
  await page.open(`${base}/unsubscribe/${token}`, view);
  await look("ask", ["Do you want to unsubscribe?", "Tips for getting started"]);
  await page.click("button");
  await look("done", ["You are unsubscribed", "no more “Tips"]);
  await page.click("a");
  await look("choose", ["What do you want to get?"]);
  judge(`the refused topic is not ticked ${at}`, (await checked()) === "" ? [] : [await checked()]);
  await page.click("input[value=events]", { isStaying: true });
  await page.press("Enter");
  await look("saved", ["Saved."]);
  judge(`the chosen topic is ticked ${at}`, (await checked()) === "events" ? [] : [await checked()]);
  await page.click("button.other");
  await look("all", ["You are unsubscribed", "no more mail"]);
  // A page of a fault is one that the browser notes.
  await page.open(`${base}/unsubscribe/${token}x`, view);
  page.errors.length = 0;
  await look("unknown", ["There is no such page"]);
}
