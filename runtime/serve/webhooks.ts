// Webhooks of the provider. The answer tells it what to do: 200 is done, 406 must not come again, all else is tried again.

import { plainAnswer } from "./page.ts";
import type { Room } from "./server.ts";

export interface WebhookDoor {
  /** What is read is committed when it resolves. */
  take(body: Buffer): Promise<WebhookFate>;
}

/** `forged`: not signed by the provider, too old, or a signature that was used before. */
export type WebhookFate = "taken" | "forged" | "unreadable" | "crowded";

const statuses: Readonly<Record<WebhookFate, number>> = { taken: 200, forged: 406, unreadable: 400, crowded: 503 };

export function webhookRoom(path: string, door: WebhookDoor): Room {
  return (asked) => {
    if (asked.path !== path) return null;
    if (asked.method !== "POST") return Promise.resolve(plainAnswer(405, "POST only", { allow: "POST" }));
    return door.take(asked.body).then((fate) => plainAnswer(statuses[fate], fate));
  };
}
