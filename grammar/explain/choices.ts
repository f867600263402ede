// Choices of values as SQL and other languages write them, the condition first.

import type { IToken } from "chevrotain";
import { diagnose } from "../diagnostics/table.ts";
import { textOf } from "../habits/pattern.ts";
import { stand } from "../slips.ts";
import * as t from "../tokens.ts";
import type { Case, Verdict } from "./place.ts";

interface Choice {
  readonly arms: readonly { readonly when: readonly IToken[]; readonly value: IToken }[];
  readonly otherwise: IToken | null;
  /** The index behind it. */
  readonly end: number;
}

const longest = 200;
const mostArms = 50;

/** `CASE WHEN seats > 3 THEN "big" ELSE "small" END`, `if seats > 3 then big else small` */
export function choiceByCase(place: Case): Verdict | null {
  const { tokens } = place.stop;
  const start = startOf(tokens, place.index);
  const choice = start === null ? null : choiceFrom(tokens, start);
  const head = start === null ? undefined : tokens[start];
  if (start === null || !choice || !head) return null;
  const found = /^case$/i.test(head.image) ? `${head.image} ${tokens[start + 1]?.image ?? ""} …` : `${head.image} …`;
  const span = { ...place.spanOf(head), end: place.spanOf(tokens[choice.end - 1] ?? head).end };
  if (!isDerived(tokens, start)) {
    for (const behind of [choice.end, choice.end + 2]) {
      const mended = place.rewrite(start, behind - start, [stand(head, t.wordType("everyone"), "everyone")]);
      if (mended) return { diagnostic: diagnose("E288", span, { found, instead: [] }), mended };
    }
    return null;
  }
  const meant = choice.arms.flatMap(({ when, value }, index) => [
    ...(index > 0 ? [stand(value, t.Comma, ",")] : []),
    value,
    stand(value, t.wordType("when"), "when"),
    ...when,
  ]);
  const { otherwise } = choice;
  const rest = otherwise ? [stand(otherwise, t.wordType("otherwise"), "otherwise"), otherwise] : [];
  const mended = place.rewrite(start, choice.end - start, [...meant, ...rest]);
  if (!mended) return null;
  const said = choice.arms.map(({ when, value }) => `${value.image} when ${textOf(when)}`).join(", ");
  const instead = `${said}${otherwise ? ` otherwise ${otherwise.image}` : ""}`;
  const fixes = [{ kind: "safe", text: `write ${instead}`, edits: [{ span, text: instead }] } as const];
  return { diagnostic: diagnose("E288", span, { found, instead: [instead] }, { fixes }), mended };
}

const is = (token: IToken | undefined, ...images: readonly string[]): boolean =>
  token !== undefined && images.includes(token.image.toLowerCase());

const isDerived = (tokens: readonly IToken[], start: number): boolean =>
  is(tokens[start - 1], "=") && is(tokens[start - 3], "derived");

/** The word that the choice around the fault starts with. */
function startOf(tokens: readonly IToken[], index: number): number | null {
  for (let at = index; at >= Math.max(0, index - longest); at--) {
    if (is(tokens[at], "case") && is(tokens[at + 1], "when")) return at;
    if (is(tokens[at], "if") && isDerived(tokens, at)) return at;
  }
  return null;
}

function choiceFrom(tokens: readonly IToken[], start: number): Choice | null {
  const arms: Choice["arms"][number][] = [];
  let at = start + (is(tokens[start], "case") ? 2 : 1);
  for (;;) {
    const ahead = tokens.slice(at, at + longest).findIndex((token) => is(token, "then"));
    const then = at + ahead;
    const value = tokens[then + 1];
    if (ahead < 0 || !value || arms.length === mostArms) return null;
    arms.push({ when: tokens.slice(at, then), value });
    const next = then + 2;
    const isElse = is(tokens[next], "else", "otherwise");
    if (is(tokens[next], "when", "elif", "elsif", "elseif")) at = next + 1;
    else if (isElse && is(tokens[next + 1], "if")) at = next + 2;
    else {
      const otherwise = isElse ? (tokens[next + 1] ?? null) : null;
      const end = isElse ? next + 2 : next;
      return { arms, otherwise, end: is(tokens[end], "end") ? end + 1 : end };
    }
  }
}
