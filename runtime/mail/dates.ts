// Dates and times as text: always the same, whatever the machine's zone and language are.

const months = "January February March April May June July August September October November December".split(" ");
const weekdays = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** A wall clock: its UTC getters read what the clock shows. */
export interface WallClock {
  readonly shown: Date;
  readonly offsetMinutes: number;
  readonly zone: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const found = formats.get(zone);
  if (found) return found;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(zone, format);
  return format;
}

/** What the clocks of `zone` show at an instant (epoch milliseconds). */
export function wallClock(instant: number, zone: string): WallClock {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  const read = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name) ?? 0);
  const year = parts.get("era") === "BC" ? 1 - read("year") : read("year");
  const shown = new Date(0);
  shown.setUTCFullYear(year, read("month") - 1, read("day"));
  shown.setUTCHours(read("hour"), read("minute"), read("second"), 0);
  const offsetMinutes = Math.round((shown.getTime() - Math.floor(instant / 1000) * 1000) / 60_000);
  return { shown, offsetMinutes, zone };
}

/** The first moment of a day `yyyy-mm-dd`, or of a local time `yyyy-mm-dd hh:mm[:ss]`; null where it is neither. */
export function parseLocal(text: string): WallClock | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text);
  if (!match) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const shown = new Date(0);
  shown.setUTCFullYear(year, month - 1, day);
  shown.setUTCHours(hour, minute, second);
  return { shown, offsetMinutes: 0, zone: "UTC" };
}

const padded = (value: number, width: number) => String(value).padStart(width, "0");

/** `2026-03-02` */
export function dayOf({ shown }: WallClock): string {
  return `${padded(shown.getUTCFullYear(), 4)}-${padded(shown.getUTCMonth() + 1, 2)}-${padded(shown.getUTCDate(), 2)}`;
}

/** `09:00` */
export function timeOf({ shown }: WallClock): string {
  return `${padded(shown.getUTCHours(), 2)}:${padded(shown.getUTCMinutes(), 2)}`;
}

function dayOfYear(shown: Date): number {
  return Math.floor((shown.getTime() - Date.UTC(shown.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

function offsetOf(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${padded(Math.floor(size / 60), 2)}${padded(size % 60, 2)}`;
}

type Code = (clock: WallClock) => string;
const numbers: Readonly<Record<string, readonly [width: number, read: (shown: Date) => number]>> = {
  Y: [4, (shown) => shown.getUTCFullYear()],
  y: [2, (shown) => shown.getUTCFullYear() % 100],
  m: [2, (shown) => shown.getUTCMonth() + 1],
  d: [2, (shown) => shown.getUTCDate()],
  H: [2, (shown) => shown.getUTCHours()],
  I: [2, (shown) => shown.getUTCHours() % 12 || 12],
  M: [2, (shown) => shown.getUTCMinutes()],
  S: [2, (shown) => shown.getUTCSeconds()],
  j: [3, (shown) => dayOfYear(shown)],
  u: [1, (shown) => shown.getUTCDay() || 7],
};
const words: Readonly<Record<string, Code>> = {
  B: ({ shown }) => months[shown.getUTCMonth()] ?? "",
  b: ({ shown }) => (months[shown.getUTCMonth()] ?? "").slice(0, 3),
  A: ({ shown }) => weekdays[shown.getUTCDay()] ?? "",
  a: ({ shown }) => (weekdays[shown.getUTCDay()] ?? "").slice(0, 3),
  e: ({ shown }) => String(shown.getUTCDate()),
  l: ({ shown }) => String(shown.getUTCHours() % 12 || 12),
  k: ({ shown }) => String(shown.getUTCHours()),
  p: ({ shown }) => (shown.getUTCHours() < 12 ? "AM" : "PM"),
  P: ({ shown }) => (shown.getUTCHours() < 12 ? "am" : "pm"),
  F: dayOf,
  R: timeOf,
  D: ({ shown }) =>
    `${padded(shown.getUTCMonth() + 1, 2)}/${padded(shown.getUTCDate(), 2)}/${padded(shown.getUTCFullYear() % 100, 2)}`,
  T: (clock) => `${timeOf(clock)}:${padded(clock.shown.getUTCSeconds(), 2)}`,
  Z: ({ zone }) => zone,
  z: ({ offsetMinutes }) => offsetOf(offsetMinutes),
  "%": () => "%",
};

/** Formats with the codes of strftime; `%-d` drops the zero in front. English names; an unknown code stays as it is. */
export function formatClock(clock: WallClock, pattern: string): string {
  return pattern.replace(/%(-?)([A-Za-z%])/g, (whole, minus: string, code: string) => {
    const number = numbers[code];
    if (number) {
      const [width, read] = number;
      return minus ? String(read(clock.shown)) : padded(read(clock.shown), width);
    }
    return words[code]?.(clock) ?? whole;
  });
}
