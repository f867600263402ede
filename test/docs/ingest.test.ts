// The commands of docs/ingest.md, run as they stand there against a run of the built command.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { cadenza, commandPath } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";

const key = "a-write-key-of-a-test-0123";
const project = `project shop < time zone "UTC"  currency EUR >
contact < id text key  email email  first_name text? >
event signed_up < plan text? >
segment Seen where signed_up and visited where (url contains "/pricing")
`;

function run(cwd: string, env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, [commandPath, "run", "--webhook-port", "0", "--every", "1h"], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const url = /taken in on (\S+)\/v1\//.exec(said)?.[1];
      if (url) resolve(url);
    });
    child.on("close", () => reject(new Error(said)));
  });
}

function shell(command: string, env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn("sh", ["-c", command], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return new Promise((resolve) => child.on("close", () => resolve(said)));
}

test("each command of the page is answered, and its events and contacts are there", async () => {
  const cwd = projectOf({ "shop.cdz": project });
  const settings = {
    CADENZA_WRITE_KEY: key,
    CADENZA_PUBLIC_URL: "https://mail.shop.example",
    CADENZA_SECRET: "a-secret-that-nobody-else-knows-0123456789",
  };
  const url = await run(cwd, settings);
  const page = readFileSync("docs/ingest.md", "utf8");
  const commands = [...page.matchAll(/```sh curl\n([\s\S]*?)```/g)].map(([, command = ""]) => command);
  expect(commands).toHaveLength(4);
  for (const command of commands) {
    expect(await shell(command, { CADENZA_WRITE_KEY: key, CADENZA_URL: url })).toBe('{"success":true}\n');
  }
  const shown = await cadenza(["show", "contact", "ana", "--json"], { cwd });
  expect(JSON.parse(shown.stdout)).toMatchObject({
    fields: { email: "ana@x.example", first_name: "Ana" },
    segments: ["Seen"],
  });
  const aside = await cadenza(["show", "aside"], { cwd });
  expect(aside).toMatchObject({ code: 0, stdout: "0 messages kept aside\n" });
});
