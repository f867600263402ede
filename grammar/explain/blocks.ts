// Whole blocks that other products and languages write otherwise: groups, choices, loops, shares.

import type { IToken } from "chevrotain";
import type { Edit } from "../diagnostics/entry.ts";
import { diagnose } from "../diagnostics/table.ts";
import { textOf } from "../habits/pattern.ts";
import { stand } from "../slips.ts";
import * as t from "../tokens.ts";
import type { Case, Verdict } from "./place.ts";

const word = (near: IToken, image: string): IToken => stand(near, t.wordType(image), image);
const sign = (near: IToken, image: "<" | ">"): IToken => stand(near, image === "<" ? t.Lt : t.Gt, image);

/** The index of the sign that closes the one at `start`; null where nothing does. */
export function closing(tokens: readonly IToken[], start: number): number | null {
  const [open, close] = tokens[start]?.tokenType === t.Open ? [t.Open, t.Close] : [t.Lt, t.Gt];
  let depth = 0;
  for (let index = start; index < tokens.length; index++) {
    const type = tokens[index]?.tokenType;
    depth += type === open ? 1 : type === close ? -1 : 0;
    if (depth === 0) return index;
  }
  return null;
}

const joints: Readonly<Record<string, "and" | "or">> = { all: "and", any: "or", either: "or", none: "or" };

/** `all of (purchased, seats > 3)` */
export function group(place: Case): Verdict | null {
  const { tokens } = place.stop;
  const of = place.found?.image === "of" ? place.index : place.index - 1;
  const [name, open] = [tokens[of - 1], tokens[of + 1]];
  const joint = joints[name?.image.toLowerCase() ?? ""];
  const end = open?.tokenType === t.Open ? closing(tokens, of + 1) : null;
  if (tokens[of]?.image !== "of" || !name || !joint || end === null) return null;
  let depth = 0;
  const inside = tokens.slice(of + 1, end + 1).map((token) => {
    depth += token.tokenType === t.Open ? 1 : token.tokenType === t.Close ? -1 : 0;
    return token.tokenType === t.Comma && depth === 1 ? word(token, joint) : token;
  });
  const isNone = name.image.toLowerCase() === "none";
  const meant = [...(isNone ? [word(name, "not")] : []), ...inside];
  const mended = place.rewrite(of - 1, end - of + 2, meant);
  if (!mended) return null;
  const commas = inside.filter((token, index) => token !== tokens[of + 1 + index]);
  const span = { ...place.spanOf(name), end: place.spanOf(tokens[end] ?? null).end };
  const head = { ...place.spanOf(name), end: place.spanOf(open ?? null).start };
  const edits: readonly Edit[] = [
    { span: head, text: isNone ? "not " : "" },
    ...commas.map((comma) => ({ span: place.spanOf(comma), text: ` ${joint}` })),
  ];
  const instead = `${isNone ? "not " : ""}(… ${joint} …)`;
  const fixes = [{ kind: "safe", text: `write ${instead}`, edits } as const];
  const found = `${name.image} of (…, …)`;
  return { diagnostic: diagnose("E156", span, { found, instead: [instead] }, { fixes }), mended };
}

/** `repeat 3 times < send welcome >` */
export function loop(place: Case): Verdict | null {
  const { tokens } = place.stop;
  const start = [place.index, place.index - 1, place.index - 2].find((at) =>
    /^(repeat|loop|foreach|while)$/i.test(tokens[at]?.image ?? ""),
  );
  const head = start === undefined ? undefined : tokens[start];
  if (start === undefined || !head || place.openers.length === 0) return null;
  const open = start + tokens.slice(start, start + 4).findIndex(({ tokenType }) => tokenType === t.Lt);
  const end = open < start ? null : closing(tokens, open);
  if (end === null) return null;
  const inside = tokens.slice(open + 1, end);
  const mended = place.rewrite(start, end - start + 1, inside);
  if (!mended) return null;
  const span = { ...place.spanOf(head), end: place.spanOf(tokens[open - 1] ?? null).end };
  const found = textOf(tokens.slice(start, open));
  return {
    diagnostic: diagnose("E289", span, { found, what: "loop" }, { fixes: again(place, { start, open, end }) }),
    mended,
  };
}

const mostTimes = 5;

/** The steps as often as they are to be repeated. */
function again(
  place: Case,
  { start, open, end }: { readonly start: number; readonly open: number; readonly end: number },
) {
  const { tokens } = place.stop;
  const times = tokens.slice(start, open).find(({ tokenType }) => tokenType === t.Num);
  const count = Number(times?.image ?? 0);
  const [head, last] = [tokens[start], tokens[end]];
  if (!head || !last || !Number.isInteger(count) || count < 1 || count > mostTimes) return [];
  const inside = textOf(tokens.slice(open + 1, end));
  const span = { ...place.spanOf(head), end: place.spanOf(last).end };
  const text = Array.from({ length: count }, () => inside).join("  ");
  return [{ kind: "suggested", text: `write the steps ${count} times`, edits: [{ span, text }] } as const];
}

/** `split 50/50 < … > < … >`, `split < a 50% < … > b 50% < … > >` */
export function shares(place: Case): Verdict | null {
  const { tokens } = place.stop;
  const start = [0, 1, 2, 3].map((back) => place.index - back).find((at) => tokens[at]?.image === "split");
  const split = start === undefined ? undefined : tokens[start];
  if (start === undefined || !split) return null;
  const open = start + tokens.slice(start, start + 8).findIndex(({ tokenType }) => tokenType === t.Lt);
  const written = tokens
    .slice(start + 1, open)
    .filter(({ tokenType }) => tokenType === t.Num || tokenType === t.Percent);
  const named = tokens[open + 1];
  if (open < start || (open === start + 1) !== (written.length === 0)) return null;
  const isWhole = written.length === 0 || named?.image === "arm";
  const arms = isWhole ? armsIn(tokens, open + 1, written) : armsIn(tokens, open, written);
  const end = isWhole ? closing(tokens, open) : arms?.at(-1)?.end;
  if (!arms || end === null || end === undefined) return null;
  const meant = [
    split,
    sign(split, "<"),
    ...arms.flatMap(({ share, block, end: last }) => {
      const near = tokens[block] ?? split;
      return [word(near, "arm"), stand(near, t.Percent, share), ...tokens.slice(block, last + 1)];
    }),
    sign(tokens[end] ?? split, ">"),
  ];
  const mended = place.rewrite(start, end - start + 1, meant);
  if (!mended) return null;
  const heads = arms.map(({ from, block, share }) => {
    const [before, after] = [place.spanOf(tokens[from - 1] ?? null).end, place.spanOf(tokens[block] ?? null).start];
    return { span: { ...place.span, start: before, end: after }, text: ` arm ${share} ` };
  });
  const opened = { ...place.spanOf(split), start: place.spanOf(split).end, end: place.spanOf(named ?? null).start };
  const [first, ...rest] = heads;
  const closed = place.spanOf(tokens[end] ?? null).end;
  const edits = isWhole
    ? [{ span: { ...opened, end: first?.span.end ?? opened.end }, text: ` <${first?.text ?? ""}` }, ...rest]
    : [
        { span: { ...opened, end: place.spanOf(tokens[open] ?? null).start }, text: ` <${first?.text ?? ""}` },
        ...rest,
        { span: { ...place.span, start: closed, end: closed }, text: " >" },
      ];
  const instead = `split < ${arms.map(({ share }) => `arm ${share} < … >`).join(" ")} >`;
  const last = written.at(-1) ?? named ?? split;
  const span = { ...place.spanOf(split), end: place.spanOf(last).end };
  const fixes = [{ kind: "safe", text: `write ${instead}`, edits } as const];
  const found = textOf(tokens.slice(start, tokens.indexOf(last) + 1));
  return { diagnostic: diagnose("E141", span, { found, instead: [instead] }, { fixes }), mended };
}

const mostArms = 50;

interface Arm {
  /** Where it starts, and where its block does. */
  readonly from: number;
  readonly block: number;
  readonly end: number;
  readonly share: string;
}

/** Blocks one behind the other, each with what stands before it; null where they are no arms. */
function armsIn(tokens: readonly IToken[], start: number, written: readonly IToken[]): readonly Arm[] | null {
  const arms: Arm[] = [];
  for (let from = start; tokens[from] && tokens[from]?.tokenType !== t.Gt; ) {
    const ahead = tokens.slice(from, from + 4).findIndex(({ tokenType }) => tokenType === t.Lt);
    const block = from + ahead;
    const end = ahead < 0 || arms.length === mostArms ? null : closing(tokens, block);
    const own = tokens.slice(from, block).find(({ tokenType }) => tokenType === t.Percent || tokenType === t.Num);
    const share = own ?? written[arms.length];
    if (end === null || !share) break;
    arms.push({ from, block, end, share: `${Number.parseFloat(share.image)}%` });
    from = end + 1;
    if (written.length > 0 && arms.length === written.length) break;
  }
  return arms.length > 1 && (written.length === 0 || arms.length === written.length) ? arms : null;
}
