// Asks name servers.

import { Resolver } from "node:dns/promises";
import { systemReason } from "../failures/failures.ts";
import type { TextLookup } from "./dns.ts";

const timeoutMs = 3_000;
const absent: ReadonlySet<string> = new Set(["ENOTFOUND", "ENODATA"]);

/** `server`: address and port of the one that is asked; null: the system's. */
export function textLookup(server: string | null): TextLookup {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  let isUsable = true;
  try {
    if (server !== null) resolver.setServers([server]);
  } catch {
    isUsable = false;
  }
  return async (name) => {
    if (!isUsable) return `\`${server}\` is no address of a name server`;
    try {
      return (await resolver.resolveTxt(name)).map((parts) => parts.join(""));
    } catch (error) {
      const reason = systemReason(error);
      return absent.has(reason) ? [] : reason;
    }
  };
}
