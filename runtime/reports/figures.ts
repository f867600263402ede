// Figures of a report as people read them.

import type { Cell } from "../ports.ts";
import type { ReportCell, ReportMeasureView, ReportView } from "../report.ts";

export const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

const units = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
] as const;

/** The two largest units: `3d 4h`. */
export function lengthText(seconds: number): string {
  const minutes = Math.round(seconds / 60) * 60;
  const at = units.findIndex(([, size]) => minutes >= size);
  if (at < 0) return "0min";
  let rest = minutes;
  const parts = units.slice(at, at + 2).flatMap(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? [] : [`${count}${unit}`];
  });
  return parts.join(" ");
}

export function figure({ value }: ReportCell, { kind }: ReportMeasureView): string {
  if (value === null) return "-";
  if (kind === "rate") return percent(value);
  if (kind === "seconds") return lengthText(value);
  if (kind === "sum") return value.toLocaleString("en-US", { maximumFractionDigits: 2 });
  return value.toLocaleString("en-US");
}

export function cellText(cell: Cell): string {
  if (cell === null) return "unknown";
  if (cell === true) return "yes";
  return cell === false ? "no" : String(cell);
}

const minuteText = (at: number): string => new Date(at).toISOString().slice(0, 16).replace("T", " ");

export function periodText({ from, until, at }: ReportView): string {
  const end = minuteText(Math.min(until, at));
  return from === null ? `up to ${end} UTC` : `${minuteText(from)} to ${end} UTC`;
}

/** What held-out people say about a figure; null where nothing does. */
export function liftText(cell: ReportCell, measure: ReportMeasureView): string | null {
  const { lift, of, value } = cell;
  if (lift === null || measure.name === "goals") return null;
  const sign = (amount: number, text: string) => (amount > 0 ? `+${text}` : text);
  const held = `${lift.people.toLocaleString("en-US")} held out`;
  if (measure.kind === "rate" && of !== null) {
    const points = (share: number) => sign(share, (100 * share).toFixed(1));
    return `${measure.name}: ${percent(value ?? 0)} against ${percent(lift.held)} of ${held}: ${points(lift.difference)} points (95%: ${points(lift.low)} to ${points(lift.high)})`;
  }
  const amount = (of: number) => sign(of, of.toFixed(2));
  return `${measure.name}, for each person: ${(lift.held + lift.difference).toFixed(2)} against ${lift.held.toFixed(2)} of ${held}: ${amount(lift.difference)} (95%: ${amount(lift.low)} to ${amount(lift.high)})`;
}
