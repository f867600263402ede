// How a receiver knows that a call comes from here: a signature over the time of the try and the body.

import { createHmac } from "node:crypto";
import type { Instant } from "../ports.ts";

/** `t=1772445600,v1=…`: seconds since 1970, and the hex HMAC-SHA256 of `SECONDS.BODY`. */
export function signatureOf(body: string, at: Instant, secret: string): string {
  const seconds = Math.floor(at / 1000);
  const signed = createHmac("sha256", secret).update(`${seconds}.${body}`, "utf8").digest("hex");
  return `t=${seconds},v1=${signed}`;
}
