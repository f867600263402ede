// What the doctor found, for people and for machines.

import { printable } from "../printable.ts";
import { type Check, groups } from "./check.ts";

const width = "unchecked".length;

export function renderChecks(checks: readonly Check[]): string {
  const parts = groups.flatMap((group) => {
    const own = checks.filter((check) => check.group === group);
    return own.length === 0 ? [] : [`${group}\n${own.map(lineOf).join("")}`];
  });
  return `${parts.join("\n")}\n${summaryOf(checks)}\n`;
}

function lineOf({ verdict, text, help }: Check): string {
  const more = help === null ? "" : `  ${" ".repeat(width)}  ${printable(help)}\n`;
  return `  ${verdict.padEnd(width)}  ${printable(text)}\n${more}`;
}

export const countOf = (checks: readonly Check[], verdict: Check["verdict"]): number =>
  checks.filter((check) => check.verdict === verdict).length;

function summaryOf(checks: readonly Check[]): string {
  const [problems, warnings, left] = (["problem", "warning", "unchecked"] as const).map((one) => countOf(checks, one));
  const more = left ? `; ${left} could not be checked` : "";
  const counted = (count: number | undefined, one: string) => `${count} ${one}${count === 1 ? "" : "s"}`;
  return `${counted(checks.length, "check")}: ${counted(problems, "problem")}, ${counted(warnings, "warning")}${more}.`;
}
