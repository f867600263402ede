// The server itself: what is broken, huge or endless is answered or hung up on, and everybody else goes on being served.

import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { Failed, failure } from "../../runtime/failures/failures.ts";
import { type Answer, plainAnswer } from "../../runtime/serve/page.ts";
import { type Room, type ServerRequest, startServer } from "../../runtime/serve/server.ts";
import { codeOf, valueFrom } from "../support/scratch.ts";

const echo: Room = ({ path, body }) => Promise.resolve(plainAnswer(200, `${path} ${body.length}`));

async function served(more: Partial<ServerRequest> = {}) {
  const bugs: unknown[] = [];
  const onBug = (error: unknown) => void bugs.push(error);
  const server = valueFrom(
    await startServer({ host: "127.0.0.1", port: 0, prefix: "", rooms: [echo], onBug, ...more }),
  );
  onTestFinished(() => server.close());
  const url = `http://127.0.0.1:${server.port}`;
  const isAlive = async () => (await (await fetch(`${url}/alive`)).text()) === "/alive 0\n";
  return { ...server, bugs, url, isAlive };
}

/** What comes back for bytes as they stand, until the server hangs up. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let said = "";
    socket.on("data", (chunk) => {
      said += String(chunk);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(said));
  });
}

const broken: readonly (readonly [string, string, RegExp])[] = [
  ["no HTTP at all", "\u0016\u0003\u0001 hello\r\n\r\n", /^HTTP\/1\.1 400 /],
  ["headers beyond measure", `GET / HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(40_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
  ["a path that is none", "GET http:///// HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /^HTTP\/1\.1 400 /],
  ["a path with two slashes", "GET // HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /^HTTP\/1\.1 (200|400) /],
  ["a length that is a lie", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\nx", /^HTTP\/1\.1 413 /],
  ["a length that is none", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", /^HTTP\/1\.1 400 /],
  [
    "chunks without end",
    `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${`10000\r\n${"a".repeat(65_536)}\r\n`.repeat(5)}`,
    /^HTTP\/1\.1 413 /,
  ],
];

test.each(broken)("%s is refused, and the next one is served", async (_, bytes, answer) => {
  const { port, isAlive, bugs } = await served();
  expect(await raw(port, bytes)).toMatch(answer);
  expect(await isAlive()).toBe(true);
  expect(bugs).toEqual([]);
});

test("who hangs up in the middle harms nobody", async () => {
  const { port, isAlive, bugs } = await served();
  const ended = new Promise<void>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf", () => socket.destroy());
    });
    socket.on("close", () => resolve());
  });
  await ended;
  expect(await isAlive()).toBe(true);
  expect(bugs).toEqual([]);
});

test("a body of just the largest size is taken", async () => {
  const { url } = await served();
  const answer = await fetch(url, { method: "POST", body: "a".repeat(256 * 1024) });
  expect(await answer.text()).toBe(`/ ${256 * 1024}\n`);
});

test("the path of the public address may be there or not", async () => {
  const { url } = await served({ prefix: "/mail" });
  const pathOf = async (path: string) => (await (await fetch(url + path)).text()).split(" ")[0];
  expect(await pathOf("/mail/unsubscribe/x?y")).toBe("/unsubscribe/x");
  expect(await pathOf("/unsubscribe/x")).toBe("/unsubscribe/x");
  expect(await pathOf("/mailbox")).toBe("/mailbox");
});

test("a store that is down is told as such, and a mistake of ours does not end the server", async () => {
  const down: Room = ({ path }) =>
    path === "/down" ? Promise.reject(new Failed(failure("F125", { path: "x" }))) : null;
  const wrong: Room = ({ path }) => (path === "/wrong" ? Promise.reject(new Error("wrong")) : null);
  const { url, isAlive, bugs } = await served({ rooms: [down, wrong, echo] });
  const answer = await fetch(`${url}/down`);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "120"]);
  expect((await fetch(`${url}/wrong`)).status).toBe(500);
  expect(bugs).toEqual([new Error("wrong")]);
  expect(await isAlive()).toBe(true);
});

test("it stops though somebody still asks, and answers first what was asked completely", async () => {
  const asked: ((answer: Answer) => void)[] = [];
  const slow: Room = () => new Promise((resolve) => asked.push(resolve));
  const { port, url, close } = await served({ rooms: [slow] });
  const endless = raw(port, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf");
  const answer = fetch(url);
  await expect.poll(() => asked.length).toBe(1);
  const closed = close();
  asked[0]?.(plainAnswer(200, "done"));
  expect(await (await answer).text()).toBe("done\n");
  await closed;
  expect(await endless).toBe("");
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});

test("a port that is taken, or an address that is not of this machine, is a failure", async () => {
  const { port } = await served();
  const start = (host: string, wanted: number) =>
    startServer({ host, port: wanted, prefix: "", rooms: [], onBug: () => undefined });
  expect(codeOf(await start("127.0.0.1", port))).toBe("F450");
  expect(codeOf(await start("192.0.2.1", 0))).toBe("F450");
});
