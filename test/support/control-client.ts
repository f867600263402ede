// A client of the control socket that knows nothing of ours: lines in, lines out.

import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { until } from "./running-engine.ts";

export async function client(path: string) {
  const socket: Socket = connect(path);
  onTestFinished(() => void socket.destroy());
  const lines: string[] = [];
  let rest = "";
  let isOver = false;
  socket.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    isOver = true;
  });
  const next = async () => {
    await until(() => lines.length > 0 || isOver);
    return JSON.parse(lines.shift() ?? "null");
  };
  return { socket, next, hello: await next() };
}
