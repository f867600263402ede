// A headless Chromium, spoken to over its own debugging pipe: messages of JSON, each ended by a zero byte.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-pipe",
];

/** Starts the browser; `page()` opens a page, `close()` ends it. */
export async function startChromium(path) {
  const profile = mkdtempSync(join(tmpdir(), "cadenza-browser-"));
  const child = spawn(path, [...flags, `--user-data-dir=${profile}`, "about:blank"], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const [, , , writes, reads] = child.stdio;
  const waiting = new Map();
  const listeners = new Set();
  let rest = "";
  reads.setEncoding("utf8").on("data", (text) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop() ?? "";
    for (const message of messages.map((each) => JSON.parse(each))) {
      if (message.id === undefined) for (const listen of listeners) listen(message);
      else waiting.get(message.id)?.(message);
    }
  });
  let last = 0;
  const ask = (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, ({ result, error }) => {
        waiting.delete(id);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result);
      });
      writes.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  return {
    page: () => openPage(ask, listeners),
    close: async () => {
      await ask("Browser.close").catch(() => child.kill());
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function openPage(ask, listeners) {
  const { targetId } = await ask("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await ask("Target.attachToTarget", { targetId, flatten: true });
  const send = (method, params) => ask(method, params, sessionId);
  const requests = [];
  const errors = [];
  const frames = [];
  let loaded = () => {};
  listeners.add((message) => {
    if (message.method === "Target.attachedToTarget") frames.push(message.params.sessionId);
    if (message.sessionId !== sessionId) return;
    if (message.method === "Network.requestWillBeSent") requests.push(message.params.request.url);
    if (message.method === "Log.entryAdded") errors.push(message.params.entry.text);
    if (message.method === "Runtime.exceptionThrown") errors.push(message.params.exceptionDetails.text);
    if (message.method === "Page.loadEventFired") loaded();
  });
  const nextPage = (what) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${what} leads to no page`)), 20_000);
      loaded = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  for (const domain of ["Page", "Network", "Log", "Runtime", "DOM"]) await send(`${domain}.enable`);
  return {
    requests,
    errors,
    /** The documents of the page's frames, as trees of nodes. A frame that may do nothing has a process of its own. */
    async frames() {
      frames.length = 0;
      await send("Target.setAutoAttach", { autoAttach: false, waitForDebuggerOnStart: false, flatten: true });
      await send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: true });
      const trees = frames.map((frame) => ask("DOM.getDocument", { depth: -1, pierce: true }, frame));
      return (await Promise.all(trees)).map(({ root }) => root);
    },
    send,
    /** Opens a page at a width, in light or dark. */
    async open(url, { width, scheme }) {
      await send("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: false });
      await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
      const done = new Promise((resolve) => {
        loaded = resolve;
      });
      await send("Page.navigate", { url });
      await done;
    },
    /** Clicks the first element of a selector with the mouse, and waits for the page that it leads to. */
    async click(selector, { isStaying = false } = {}) {
      const { root } = await send("DOM.getDocument");
      const { nodeId } = await send("DOM.querySelector", { nodeId: root.nodeId, selector });
      await send("DOM.scrollIntoViewIfNeeded", { nodeId });
      // A link that goes over two lines has two boxes.
      const { quads } = await send("DOM.getContentQuads", { nodeId });
      const [left, top, right, , , bottom] = quads[0];
      const place = { x: (left + right) / 2, y: (top + bottom) / 2, button: "left", clickCount: 1 };
      const done = isStaying ? null : nextPage(`a click on ${selector}`);
      await send("Input.dispatchMouseEvent", { type: "mousePressed", ...place });
      await send("Input.dispatchMouseEvent", { type: "mouseReleased", ...place });
      await done;
    },
    /** Presses a key where the focus is, and waits for the page that it leads to. */
    async press(key) {
      const done = nextPage(`the key ${key}`);
      const stroke = { key, code: key, windowsVirtualKeyCode: 13, text: "\r" };
      await send("Input.dispatchKeyEvent", { type: "keyDown", ...stroke });
      await send("Input.dispatchKeyEvent", { type: "keyUp", ...stroke });
      await done;
    },
    async evaluate(expression) {
      const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, returnByValue: true });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
    async screenshot() {
      const { data } = await send("Page.captureScreenshot", { format: "png", captureBeyondViewport: true });
      return Buffer.from(data, "base64");
    },
  };
}
