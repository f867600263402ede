// Tokens of signatures: each is good for what it came with first, and for nothing else.
//
// To look up each among all that are on record costs more than to write it down. So the newest are kept in memory, and the
// record is asked only for those whose signature is as old as some that are there alone.

import type { Instant, Session } from "../ports.ts";
import { printAmong } from "./among.ts";
import { instant, printed } from "./engine.ts";
import type { Signed } from "./feedback.ts";

export interface Tokens {
  /** For each whether it is good: one that came with something else is a forger's, while a provider that got no answer tells the same again. */
  judge(session: Session, signed: readonly Signed[]): Promise<readonly boolean[]>;
  /** Remembers what is committed. */
  keep(signed: readonly Signed[]): void;
}

/** Of so many signatures at least, the newest, memory tells all; of less than twice as many it holds any. */
const mostKept = 50_000;

/** '': it came with nothing that matters. */
const purposeOf = ({ feedback }: Signed): string => feedback?.id ?? "";

interface Generation {
  readonly uses: Map<string, string>;
  newest: Instant;
}
const noTokens = (): Generation => ({ uses: new Map(), newest: Number.NEGATIVE_INFINITY });

/** All that was committed before has to be on record, and be put there before so many more are kept. */
export function tokensOf(most = mostKept): Tokens {
  let [recent, older] = [noTokens(), noTokens()];
  /** No signature that is younger is on record alone, as a token is signed with its time; null: not looked yet. */
  let recordedUntil: Instant | null = null;
  const kept = (token: string) => recent.uses.get(token) ?? older.uses.get(token);
  return {
    async judge(session, signed) {
      const until = recordedUntil ?? (await newestOf(session));
      recordedUntil = until;
      const asked = signed.flatMap(({ token, signedAt }) =>
        signedAt <= until && kept(token) === undefined ? [token] : [],
      );
      const uses = new Map(asked.length > 0 ? await recorded(session, asked) : []);
      return signed.map((one) => {
        const use = kept(one.token) ?? uses.get(one.token);
        if (use === undefined) uses.set(one.token, purposeOf(one));
        return (use ?? purposeOf(one)) === purposeOf(one);
      });
    },
    keep(signed) {
      for (const one of signed) {
        if (kept(one.token) !== undefined) continue;
        recent.uses.set(one.token, purposeOf(one));
        recent.newest = Math.max(recent.newest, one.signedAt);
      }
      if (recent.uses.size < most) return;
      recordedUntil = Math.max(recordedUntil ?? older.newest, older.newest);
      [recent, older] = [noTokens(), recent];
    },
  };
}

async function newestOf(session: Session): Promise<Instant> {
  const [row] = await session.run({ text: `SELECT max(signed_at) AS "at" FROM webhook_token`, params: {} });
  return row?.at == null ? Number.NEGATIVE_INFINITY : Number(row.at);
}

async function recorded(session: Session, tokens: readonly string[]): Promise<readonly (readonly [string, string])[]> {
  const wanted = new Set(tokens);
  const rows = await session.run(
    printed(
      (builder) => `SELECT t.token, t.feedback_id FROM ${printAmong("webhook_token", "token", tokens, builder)} AS t
        SEMI JOIN (SELECT unnest(${builder.param({ kind: "texts", value: [...wanted] })}) AS token) AS u ON u.token = t.token`,
    ),
  );
  return rows.map((row) => [String(row.token), String(row.feedback_id)]);
}

/** Puts on record the tokens of what is told, of which the temporary table `told` tells. */
export async function recordTokens(session: Session): Promise<void> {
  await session.change({
    text: `INSERT INTO webhook_token (token, feedback_id, signed_at)
      SELECT token, coalesce(id, ''), signed_at FROM told WHERE token IS NOT NULL ORDER BY place, turn ON CONFLICT DO NOTHING`,
    params: {},
  });
}

/** Forgets tokens so old that their signature no longer counts. */
export async function forgetTokens(session: Session, before: Instant): Promise<void> {
  await session.change({
    text: "DELETE FROM webhook_token WHERE signed_at < $before",
    params: { before: instant(before) },
  });
}
