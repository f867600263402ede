// The control socket of a running engine: what commands ask it, and what it answers to anybody else who connects.

import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { cadenza, cadenzaProcess } from "../support/cadenza.ts";
import { client } from "../support/control-client.ts";
import { projectOf } from "../support/example-copy.ts";
import { greeting } from "../support/greeting.ts";
import { socketOf, startEngine } from "../support/running-engine.ts";
import { scratchFolder } from "../support/scratch.ts";

const people = "id,email\nana,ana@x.example\nben,ben@x.example\n";

async function shop(): Promise<string> {
  const cwd = projectOf({ "shop.cdz": greeting, "people.csv": people });
  expect((await cadenza(["load"], { cwd })).code).toBe(0);
  return cwd;
}

test("commands ask the engine that runs, and open the file where none does", async () => {
  const cwd = await shop();
  const { child, ended, socket } = await startEngine(cwd, ["--every", "1h"]);
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(cwd, ".cadenza")).filter((name) => name.startsWith("."))).toEqual([]);
  const inside = await cadenza(["show", "segment", "All", "--json"], { cwd });
  expect(JSON.parse(inside.stdout)).toMatchObject({ count: 2, members: ["ana", "ben"] });
  expect(await cadenza(["pause", "greet", "--json"], { cwd })).toMatchObject({
    code: 0,
    stdout: '{\n  "paused": [\n    "greet"\n  ]\n}\n',
  });
  expect(await cadenza(["why", "ana", "All"], { cwd })).toMatchObject({ code: 0 });
  writeFileSync(join(cwd, "people.csv"), `${people}eve,eve@x.example\n`);
  expect((await cadenza(["load"], { cwd })).stdout).toMatch(/^contact from people.csv: 3 rows: 1 added, 2 unchanged/);
  expect(await cadenza(["pause", "gret"], { cwd })).toMatchObject({ code: 2, stderr: expect.stringMatching(/^F117 /) });
  // Two engines cannot run.
  expect(await cadenza(["run", "--once"], { cwd })).toMatchObject({ code: 2, stderr: expect.stringMatching(/^F120 /) });
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(existsSync(socket)).toBe(false);
  const shown = await cadenza(["show", "segment", "All", "--json"], { cwd });
  expect(JSON.parse(shown.stdout).members).toEqual(["ana", "ben", "eve"]);
});

test("what is asked of a segment that only the files have is answered by the files", async () => {
  const cwd = await shop();
  await startEngine(cwd, ["--every", "1h"]);
  writeFileSync(join(cwd, "more.cdz"), 'segment Anas where email starts with "ana"\n');
  const shown = await cadenza(["show", "segment", "Anas", "--json"], { cwd });
  expect(JSON.parse(shown.stdout)).toMatchObject({ members: ["ana"] });
});

test("a project whose path is too long for a socket has it in a private folder", async () => {
  const long = join(scratchFolder(), "x".repeat(60), "y".repeat(60));
  mkdirSync(join(long, ".."), { recursive: true });
  const cwd = await shop();
  renameSync(cwd, long);
  const tmp = scratchFolder();
  const env = { TMPDIR: tmp };
  const hash = createHash("sha256")
    .update(join(realpathSync(long), ".cadenza"))
    .digest("hex");
  const name = `cadenza-${hash.slice(0, 16)}`;
  await startEngine(long, ["--every", "1h"], { ...env, SOCKET: join(tmp, name, "engine.sock") });
  expect(statSync(join(tmp, name)).mode & 0o777).toBe(0o700);
  expect(await cadenzaProcess(["pause", "greet"], { cwd: long, env })).toMatchObject({ code: 0 });
  // A folder that others may write is not trusted.
  chmodSync(join(tmp, name), 0o777);
  expect(await cadenzaProcess(["pause", "greet"], { cwd: long, env })).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^F480 /),
  });
});

test("several clients are answered each for itself: in parts, in order, and whatever others do", async () => {
  const cwd = await shop();
  const { socket } = await startEngine(cwd, ["--every", "1h"]);
  const [one, other, gone] = [await client(socket), await client(socket), await client(socket)];
  expect(one.hello).toMatchObject({ cadenza: 1, project: "shop", pid: expect.any(Number) });
  gone.socket.write('{"id":1,"ask":"load"}\n');
  gone.socket.destroy();
  const request = `${JSON.stringify({ id: 7, ask: "evaluate", with: { segment: "All", limit: 1 } })}\n`;
  for (const byte of request) one.socket.write(byte);
  other.socket.write(
    '{"id":1,"ask":"pause","with":{"program":"greet"}}\n{"id":2,"ask":"snapshot"}\n{"id":3,"ask":"fly"}\n',
  );
  expect(await one.next()).toEqual({ id: 7, ok: true, value: { segment: "All", count: 2, members: ["ana"] } });
  expect(await other.next()).toEqual({ id: 1, ok: true, value: ["greet"] });
  expect(await other.next()).toMatchObject({ id: 2, ok: true, value: { contacts: 2 } });
  expect(await other.next()).toMatchObject({ id: 3, ok: false, failure: { code: "F485" } });
});

test("who sends no request is told so, and the next client is served", async () => {
  const { socket } = await startEngine(await shop(), ["--every", "1h"]);
  const sent: readonly (readonly [string | Buffer, string])[] = [
    ["hello\n", "it is not JSON"],
    ["[1]\n", "it is not a JSON object"],
    ['{"ask":"pause"}\n', "its `id` is no whole number"],
    ['{"id":1}\n', "its `ask` is no text"],
    ['{"id":1,"ask":"pause","with":3}\n', "its `with` is no JSON object"],
    [Buffer.from([0xff, 0x00, 0xfe, 0x0a]), "it is not JSON"],
    [Buffer.alloc(17 * 1024 * 1024, "x"), "a line has at most 16777216 bytes"],
  ];
  for (const [bytes, reason] of sent) {
    const wrong = await client(socket);
    expect(wrong.hello.project).toBe("shop");
    wrong.socket.write(bytes);
    const answer = await wrong.next();
    expect(answer).toMatchObject({ id: null, ok: false, failure: { code: "F489" } });
    expect(answer.failure.text).toContain(reason);
    expect(await wrong.next()).toBeNull();
  }
});

test("a request that lacks something, or has too much, is refused in words", async () => {
  const { socket } = await startEngine(await shop(), ["--every", "1h"]);
  const asking = await client(socket);
  const sent: readonly (readonly [string, object, string])[] = [
    ["pause", {}, "`program` is missing"],
    ["pause", { program: 1 }, "`program` is no text"],
    ["pause", { program: "greet", more: 1 }, "there is no `more` in it"],
    ["keepList", { list: "x", kind: "burn" }, "`kind` is add, remove or clear"],
    ["use", { plan: {} }, "`plan` is no plan"],
  ];
  for (const [ask, given, reason] of sent) {
    asking.socket.write(`${JSON.stringify({ id: 1, ask, with: given })}\n`);
    expect((await asking.next()).failure).toMatchObject({ code: "F489", text: expect.stringContaining(reason) });
  }
});

test("what another engine left is no engine, and does not keep the next one from starting", async () => {
  const cwd = await shop();
  const first = await startEngine(cwd, ["--every", "1h"]);
  first.child.kill("SIGKILL");
  await first.ended;
  expect(existsSync(first.socket)).toBe(true);
  expect(await cadenza(["pause", "greet"], { cwd })).toMatchObject({ code: 0, stdout: "`greet` is paused.\n" });
  const second = await startEngine(cwd, ["--every", "1h"]);
  expect(await cadenza(["resume", "greet"], { cwd })).toMatchObject({ code: 0 });
  second.child.kill("SIGTERM");
  expect(await second.ended).toBe(0);
});

test("an engine of another version, and what is no engine, are told apart", async () => {
  const cwd = await shop();
  const serve = async (line: string) => {
    const server = createServer((socket) => void socket.end(line));
    await new Promise<void>((resolve) => server.listen(socketOf(cwd), resolve));
    return () => new Promise((resolve) => server.close(resolve));
  };
  const ask = () => cadenza(["pause", "greet"], { cwd });
  let close = await serve('{"cadenza":2,"version":"0.9.0"}\n');
  expect((await ask()).stderr).toMatch(/^F483 .*0\.9\.0 \(protocol 2\).*\(protocol 1\)/);
  await close();
  close = await serve("220 mail.example ESMTP\n");
  expect((await ask()).stderr).toMatch(/^F484 /);
  await close();
  writeFileSync(socketOf(cwd), "not a socket");
  expect((await ask()).stderr).toMatch(/^F484 /);
});

test.runIf(process.getuid?.() === 0)("another user's socket is named as such", async () => {
  const cwd = await shop();
  chmodSync(cwd, 0o777);
  chownSync(join(cwd, ".cadenza"), 1234, 1234);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(socketOf(cwd), resolve));
  onTestFinished(() => void server.close());
  chownSync(socketOf(cwd), 1234, 1234);
  const asked = await cadenza(["pause", "greet"], { cwd, uid: 65534, gid: 65534 });
  expect(asked).toMatchObject({ code: 2, stderr: expect.stringMatching(/^F482 .*\(1234\)/) });
});

test("clients that wait when the engine is killed are told that nobody knows", async () => {
  const cwd = await shop();
  const rows = Array.from({ length: 200_000 }, (_, index) => `c${index},c${index}@x.example`);
  writeFileSync(join(cwd, "people.csv"), `id,email\n${rows.join("\n")}\n`);
  const { child, ended, socket } = await startEngine(cwd, ["--every", "1h"]);
  const waiting = [cadenza(["load"], { cwd }), cadenza(["load"], { cwd })];
  // The third is asked when the first two are at work.
  const third = await client(socket);
  third.socket.write('{"id":1,"ask":"load"}\n');
  await new Promise((resolve) => setTimeout(resolve, 600));
  child.kill("SIGKILL");
  expect(await ended).toBeNull();
  for (const ran of await Promise.all(waiting)) {
    // Who came too late to be let in finds no engine, and does it itself.
    expect([0, 2]).toContain(ran.code);
    if (ran.code === 2) expect(ran.stderr).toMatch(/^F(486|120) /);
  }
  expect(await third.next()).toBeNull();
  expect(await cadenza(["load"], { cwd })).toMatchObject({ code: 0 });
});
