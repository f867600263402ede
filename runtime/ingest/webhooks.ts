// Webhooks into the database: read, checked, and committed together with whatever else comes in at the time.

import type { Signed } from "../engine/feedback.ts";
import type { Inbox } from "../engine/inbox.ts";
import { forgetTokens, tokensOf } from "../engine/webhook-tokens.ts";
import { gathering } from "./gathering.ts";
import { oldestMs, readWebhook, type WebhookSettings } from "../mail/mailgun-webhook.ts";
import type { Clock } from "../ports.ts";
import type { WebhookDoor, WebhookFate } from "../serve/webhooks.ts";

const batchSize = 2_000;
const mostWaiting = 20_000;
const pruneEveryMs = 60 * 60_000;
/** So much that came in is taken in, though nobody asks for it. */
const fullInbox = 10_000;

/** `isForgotten`: of whom nothing that is told is written down. */
export function webhookDoor(
  inbox: Inbox,
  settings: WebhookSettings,
  clock: Clock,
  isForgotten: (address: string) => boolean = () => false,
): WebhookDoor {
  const tokens = tokensOf();
  let prunedAt = Number.NEGATIVE_INFINITY;
  let isFirst = true;
  const write = async (webhooks: readonly Signed[]): Promise<readonly WebhookFate[]> => {
    if (isFirst || inbox.waiting() >= fullInbox) await inbox.takeIn();
    isFirst = false;
    const areGood = await inbox.receive(async (session) => {
      const now = clock.now();
      const found = await tokens.judge(session, webhooks);
      await inbox.put(session, webhooks.filter((_, index) => found[index]).map(said), now);
      if (now - prunedAt >= pruneEveryMs) {
        await forgetTokens(session, now - oldestMs);
        prunedAt = now;
      }
      return found;
    });
    tokens.keep(webhooks.filter((_, index) => areGood[index]));
    return areGood.map((isGood) => (isGood ? "taken" : "forged"));
  };
  const said = (webhook: Signed): Signed =>
    webhook.feedback && isForgotten(webhook.feedback.mailbox) ? { ...webhook, feedback: null } : webhook;
  const gather = gathering({ most: batchSize, mostWaiting, write });
  return {
    async take(body) {
      const webhook = readWebhook(body, settings, clock.now());
      return webhook.kind === "signed" ? ((await gather(webhook)) ?? "crowded") : webhook.kind;
    },
  };
}
