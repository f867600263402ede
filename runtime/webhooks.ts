// Webhooks into the database: read, checked, and committed together with whatever else comes in at the time.

import type { Plan } from "../compiler/ir/plan.ts";
import { forgetTokens, takeFeedback, useTokens } from "./engine/feedback.ts";
import { gathering } from "./gathering.ts";
import { oldestMs, readWebhook, type SignedWebhook, type WebhookSettings } from "./mail/mailgun-webhook.ts";
import type { Clock, Database } from "./ports.ts";
import type { WebhookDoor, WebhookFate } from "./serve/webhooks.ts";

const batchSize = 2_000;
const mostWaiting = 20_000;
const pruneEveryMs = 60 * 60_000;

export function webhookDoor(database: Database, plan: Plan, settings: WebhookSettings, clock: Clock): WebhookDoor {
  let prunedAt = Number.NEGATIVE_INFINITY;
  const write = (webhooks: readonly SignedWebhook[]): Promise<readonly WebhookFate[]> =>
    database.transaction(async (session) => {
      const now = clock.now();
      const areGood = await useTokens(
        session,
        webhooks.map(({ token, signedAt, feedback }) => ({ token, signedAt, feedbackId: feedback?.id ?? "" })),
      );
      const told = webhooks.flatMap(({ feedback }, index) => (feedback && areGood[index] ? [feedback] : []));
      await takeFeedback(session, plan, told, now);
      if (now - prunedAt >= pruneEveryMs) {
        await forgetTokens(session, now - oldestMs);
        prunedAt = now;
      }
      return areGood.map((isGood) => (isGood ? "taken" : "forged"));
    });
  const gather = gathering({ most: batchSize, mostWaiting, write });
  return {
    async take(body) {
      const webhook = readWebhook(body, settings, clock.now());
      return webhook.kind === "signed" ? ((await gather(webhook)) ?? "crowded") : webhook.kind;
    },
  };
}
