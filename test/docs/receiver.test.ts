// What the page about calls tells receivers to do with a signature is what a call's signature stands up to.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { signatureOf } from "../../runtime/calls/signature.ts";
import { scratchFolder } from "../support/scratch.ts";

type IsGenuine = (body: string, header: string, secret: string, nowMs: number) => boolean;

async function documented(): Promise<IsGenuine> {
  const page = readFileSync(new URL("../../docs/language/calls.md", import.meta.url), "utf8");
  const [, code = ""] = /^```js\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const path = join(scratchFolder(), "receiver.mjs");
  writeFileSync(path, code);
  const { isGenuine } = (await import(pathToFileURL(path).href)) as { readonly isGenuine: IsGenuine };
  return isGenuine;
}

test("the documented receiver takes what is signed, and nothing else", async () => {
  const isGenuine = await documented();
  const [body, secret, now] = ['{"name":"Åse"}', "a-secret-of-the-receiver-0123456789abcdef", Date.UTC(2026, 2, 2)];
  const header = signatureOf(body, now, secret);
  expect(isGenuine(body, header, secret, now + 60_000)).toBe(true);
  expect(isGenuine(`${body} `, header, secret, now)).toBe(false);
  expect(isGenuine(body, header, `${secret}x`, now)).toBe(false);
  expect(isGenuine(body, header.replace(/t=\d/, "t=2"), secret, now)).toBe(false);
  expect(isGenuine(body, header, secret, now + 600_000)).toBe(false);
  expect(isGenuine(body, "", secret, now)).toBe(false);
});
