// cadenza watch without a screen: who it attaches to, what it says where it cannot, and that it finds the engine again.

import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { attach, type StationNews, systemClock } from "../../runtime/index.ts";
import { cadenza } from "../support/cadenza.ts";
import { client } from "../support/control-client.ts";
import { projectOf } from "../support/example-copy.ts";
import { greeting } from "../support/greeting.ts";
import { socketOf, startEngine, until } from "../support/running-engine.ts";

const people = "id,email\nana,ana@x.example\nben,ben@x.example\n";

async function shop(): Promise<string> {
  const cwd = projectOf({ "shop.cdz": greeting, "people.csv": people });
  expect((await cadenza(["load"], { cwd })).code).toBe(0);
  return cwd;
}

const attached = (cwd: string) =>
  attach({
    folder: join(cwd, ".cadenza"),
    uid: process.getuid?.() ?? null,
    version: "0.1.0",
    by: "Ana",
    clock: systemClock(),
  });

const codeOf = async (cwd: string) => {
  const result = await attached(cwd);
  return result.ok ? "attached" : result.failure.code;
};

test("a screen needs a terminal", async () => {
  const cwd = await shop();
  expect(await cadenza(["watch"], { cwd })).toMatchObject({ code: 2, stderr: expect.stringMatching(/^F543 /) });
});

test("no engine, one that died, one of another version and what is no engine are told apart", async () => {
  const cwd = projectOf({ "shop.cdz": greeting, "people.csv": people });
  expect(await codeOf(cwd)).toBe("F540");
  mkdirSync(join(cwd, ".cadenza"));
  expect(await codeOf(cwd)).toBe("F540");
  const engine = await startEngine(cwd, ["--every", "1h"]);
  engine.child.kill("SIGKILL");
  await engine.ended;
  expect(await codeOf(cwd)).toBe("F541");
  writeFileSync(join(cwd, "people.csv"), people);
  const server = createServer((socket) => void socket.end('{"cadenza":2,"version":"0.9.0"}\n'));
  const other = projectOf({ "shop.cdz": greeting });
  mkdirSync(join(other, ".cadenza"));
  await new Promise<void>((resolve) => server.listen(socketOf(other), resolve));
  onTestFinished(() => void server.close());
  expect(await codeOf(other)).toBe("F483");
});

test("it acts under a name, and follows the engine over its end and its next beginning", async () => {
  const cwd = await shop();
  const first = await startEngine(cwd, ["--every", "1h"]);
  const result = await attached(cwd);
  if (!result.ok) throw new Error(result.failure.text);
  const { station, close } = result.value;
  onTestFinished(close);
  const news: StationNews[] = [];
  station.subscribe((one) => void news.push(one));
  const last = () => news.at(-1);
  await until(() => last()?.kind === "seen");
  expect(news[0]).toMatchObject({ kind: "up", engine: expect.stringContaining(`process ${first.child.pid}`) });
  expect(await station.act({ kind: "pause", program: "greet" })).toEqual({ ok: true, value: "greet is paused." });
  expect(await station.act({ kind: "pause", program: "gret" })).toMatchObject({ ok: false, failure: { code: "F117" } });
  expect(await station.segments()).toMatchObject({ ok: true, value: { segments: [{ segment: "All", count: 2 }] } });
  first.child.kill("SIGKILL");
  await first.ended;
  await until(() => last()?.kind === "down");
  expect(await station.act({ kind: "retry" })).toMatchObject({ ok: false, failure: { code: "F486" } });
  const second = await startEngine(cwd, ["--every", "1h"]);
  await until(() => last()?.kind === "seen");
  expect(news.findLast(({ kind }) => kind === "up")).toMatchObject({
    engine: expect.stringContaining(`process ${second.child.pid}`),
  });
  expect(await station.act({ kind: "resume", program: "greet" })).toMatchObject({ ok: true });
  const asking = await client(second.socket);
  asking.socket.write('{"id":1,"ask":"actions"}\n');
  expect((await asking.next()).value).toMatchObject([
    { kind: "resume", program: "greet", by: "Ana" },
    { kind: "pause", program: "greet", by: "Ana" },
  ]);
  close();
  second.child.kill("SIGTERM");
  expect(await second.ended).toBe(0);
});
