// Mails that come too close: two with no wait between, and more in a time than a policy allows anybody.

import type { Policy } from "../../grammar/ast/declaration.ts";
import type { Duration } from "../../grammar/ast/expr.ts";
import type { Program } from "../../grammar/ast/program.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { isCount } from "../check/count.ts";
import { insert, suggested } from "../fixes.ts";
import type { Report } from "../scope.ts";
import { followWays, type Pause, type Send, stepsOf } from "./ways.ts";

/** What is asked of a mail that a step sends. */
export interface Mails {
  /** False for transactional ones, which no cap counts and which answer what the person did. */
  readonly isMarketing: (email: string) => boolean;
  readonly skipsCaps: (email: string) => boolean;
}

/**
 * Reports mails that follow one another with no wait between. Of two that both have an `only if` each may be for other
 * people; one `to` somebody else reaches another mailbox.
 */
export function lintSends(report: Report, program: Program, { isMarketing }: Mails): void {
  const send = (recent: readonly Send[], step: Send): readonly Send[] => {
    if (!isMarketing(step.email.text) || step.to) return recent;
    const earlier = recent.find(({ onlyIf }) => onlyIf === null || step.onlyIf === null);
    if (earlier) {
      const fixes = [suggested("Add `wait 1d` between them", insert("before", step.span, "wait 1d "))];
      const related = [{ span: earlier.span, text: "the mail before it" }];
      const params = { email: step.email.text, earlier: earlier.email.text };
      report(diagnose("W540", step.span, params, { fixes, related }));
    }
    return [...recent, step];
  };
  const either = (left: readonly Send[], right: readonly Send[]) => [...new Set([...left, ...right])];
  followWays({ send, pause: () => [], either }, stepsOf(program), []);
}

export interface Cap {
  readonly policy: string;
  readonly rule: Extract<Policy["rules"][number], { readonly kind: "at most" }>;
}

/** Caps that hold for everybody: one `for` a segment may never meet the people of a program. */
export function capsOf(policies: readonly Policy[]): readonly Cap[] {
  return policies.flatMap(({ name, segment, rules }) =>
    segment ? [] : rules.flatMap((rule) => (rule.kind === "at most" ? [{ policy: name.text, rule }] : [])),
  );
}

/** Hours between each mail on one way and the place reached, at most; mails further back than the cap looks are left out. */
type Ages = readonly number[];

/** More ways than these are not followed; then a finding may be missing, but none is wrong. */
const mostWays = 64;

/** Reports the first mail on a way that the cap holds back for everybody who comes there, however long their waits are. */
export function lintCaps(report: Report, program: Program, caps: readonly Cap[], mails: Mails): void {
  for (const { policy, rule } of caps) {
    const reach = hoursOf(rule.duration);
    const told = new Set<number>();
    const send = (ways: readonly Ages[], step: Send): readonly Ages[] => {
      if (!mails.isMarketing(step.email.text) || step.to || step.onlyIf) return ways;
      const { text: email } = step.email;
      if (mails.skipsCaps(email)) return distinct(ways.map((ages) => [...ages, 0]));
      const isFull = (ages: Ages) => ages.length >= rule.emails.value;
      if (!ways.every(isFull)) return distinct(ways.map((ages) => (isFull(ages) ? ages : [...ages, 0])));
      if (isCount(rule.emails) && !told.has(step.span.start)) {
        told.add(step.span.start);
        const params = { email, place: rule.emails.value + 1, length: lengthText(rule.duration), policy };
        report(
          diagnose("W543", step.span, params, { related: [{ span: rule.span, text: `the cap of \`${policy}\`` }] }),
        );
      }
      // The cap delays what it holds back, which then is the only one that counts for sure.
      return [[]];
    };
    const pause = (ways: readonly Ages[], step: Pause): readonly Ages[] => {
      const longest = longestOf(step);
      return distinct(ways.map((ages) => ages.map((age) => age + longest).filter((age) => age < reach)));
    };
    const either = (left: readonly Ages[], right: readonly Ages[]) => distinct([...left, ...right]);
    followWays({ send, pause, either }, stepsOf(program), [[]]);
  }
}

function distinct(ways: readonly Ages[]): readonly Ages[] {
  const found = [...new Map(ways.map((ages) => [ages.join(" "), ages])).values()];
  // An empty way holds nothing back, whatever the others do.
  return found.length > mostWays ? [[]] : found;
}

const hours = { min: 1 / 60, h: 1, d: 24, w: 7 * 24, mo: 31 * 24, y: 366 * 24 } as const;

function hoursOf({ amount, unit }: Duration): number {
  return amount * hours[unit];
}

const lengthText = ({ amount, unit }: Duration): string => `${amount}${unit}`;

function longestOf(step: Pause): number {
  if (step.kind === "wait") return hoursOf(step.duration);
  if (step.kind === "wait up to") return hoursOf(step.limit);
  if (step.until.kind === "weekday") return hours.w;
  return step.until.kind === "clock" ? hours.d : Number.POSITIVE_INFINITY;
}
