// A receiver of webhooks on this machine: what it heard is remembered, how it answers is scripted.

import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Heard {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As it came, byte for byte. */
  readonly body: string;
}

export interface FakeReceiver {
  readonly url: string;
  readonly heard: readonly Heard[];
}

/** A status, or what is done with the answer. */
export type Answer = number | ((response: ServerResponse) => void);

/** `answer`: the index counts what was heard from 0. Gone when the test ends. */
export async function startReceiver(
  answer: (heard: Heard, index: number) => Answer = () => 200,
): Promise<FakeReceiver> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const one = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(parts).toString("utf8") };
      heard.push(one);
      const given = answer(one, heard.length - 1);
      if (typeof given === "function") given(response);
      else response.writeHead(given).end("thank you");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, heard };
}
