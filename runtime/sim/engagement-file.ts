// The file that says how people are expected to act on their mail: JSON, checked at every place.

import { nearest } from "../../compiler/similar.ts";
import { Failed, failure } from "../failures/failures.ts";
import type { Result } from "../ports.ts";
import { type Engagement, rateNames, type Rates } from "./engagement.ts";

/** What is expected where nothing else is said. */
export const usualRates: Rates = {
  open: 0.35,
  click: 0.08,
  reply: 0.005,
  bounce: 0.005,
  unsubscribe: 0.003,
  complaint: 0.0002,
};
const usualHours = 9;

export const usualEngagement = (seed: string): Engagement => ({ seed, rates: usualRates, hours: usualHours });

export interface EngagementText {
  readonly path: string;
  readonly text: string;
  readonly seed: string;
  /** Names of the emails of the project. */
  readonly emails: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The model that a file tells of. F437 to F440 and F443 where it tells of none. */
export function parseEngagement({ path, text, seed, emails }: EngagementText): Result<Engagement> {
  try {
    const file = asFields(path, "the file", parsed(path, text));
    refuseUnknown(path, "the file", file, ["rates", "emails", "hours"]);
    const rates = ratesIn(path, "rates", file.rates, usualRates);
    const own = asFields(path, "`emails`", file.emails ?? {});
    refuseUnknown(path, "`emails`", own, emails);
    const ofEmails = Object.entries(own).map(([name, value]) => [name, ratesIn(path, `emails.${name}`, value, rates)]);
    const { hours = usualHours } = file;
    if (typeof hours !== "number" || hours <= 0) {
      throw new Failed(failure("F443", { path, given: shown(hours) }));
    }
    return { ok: true, value: { seed, rates, emails: Object.fromEntries(ofEmails), hours } };
  } catch (error) {
    if (error instanceof Failed) return { ok: false, failure: error.failure };
    throw error;
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Failed(failure("F437", { path, reason: "it is no JSON" }));
  }
}

function asFields(path: string, place: string, value: unknown): Fields {
  if (isFields(value)) return value;
  throw new Failed(failure("F437", { path, reason: `${place} is no object` }));
}

function refuseUnknown(path: string, place: string, fields: Fields, known: readonly string[]): void {
  const name = Object.keys(fields).find((key) => !known.includes(key));
  if (name !== undefined) throw new Failed(failure("F439", { path, place, name, near: nearest(name, known) }));
}

function ratesIn(path: string, place: string, value: unknown = {}, base: Rates): Rates {
  const fields = asFields(path, `\`${place}\``, value);
  refuseUnknown(path, `\`${place}\``, fields, rateNames);
  const given = Object.entries(fields).map(([name, rate]) => [name, rateOf(path, `${place}.${name}`, rate)]);
  const rates: Rates = { ...base, ...Object.fromEntries(given) };
  for (const name of ["click", "reply", "unsubscribe", "complaint"] as const) {
    if (rates[name] <= rates.open) continue;
    const shares = { share: percentText(rates[name]), open: percentText(rates.open) };
    throw new Failed(failure("F440", { path, place: `\`${place}\``, name, ...shares }));
  }
  return rates;
}

function rateOf(path: string, place: string, value: unknown): number {
  const [, digits] = (typeof value === "string" && /^(\d{1,3}(?:\.\d{1,6})?)\s?%$/.exec(value.trim())) || [];
  const percent = Number(digits);
  if (digits === undefined || percent > 100) {
    throw new Failed(failure("F438", { path, place, given: shown(value) }));
  }
  return percent / 100;
}

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** `2.5%`: as it is written in a file. */
export const percentText = (share: number): string => `${Number((share * 100).toFixed(6))}%`;
