// What an engine and its clients say to each other: a line of JSON each. The engine greets; then every request gets one
// answer with its id, in the order of the requests.

import type { Failure, Result } from "../ports.ts";

/** Grows whenever an older side could misread a newer one. */
export const protocolVersion = 1;

/** Of a request, in bytes: a plan fits in. */
export const mostLineBytes = 16 * 1024 * 1024;
/** Of an answer: a mail with all it may carry fits in, and the keys of some millions of people. */
export const mostAnswerBytes = 256 * 1024 * 1024;

export interface Hello {
  /** Version of the protocol. */
  readonly cadenza: number;
  /** Of the program. */
  readonly version: string;
  readonly project: string;
  readonly pid: number;
  /** Hash of the plan that the engine was opened with. */
  readonly plan: string;
}

export interface Asking {
  readonly id: number;
  readonly ask: string;
  readonly with: Readonly<Record<string, unknown>>;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** null where the line is no greeting of any version. */
export function readHello(line: string): Hello | null {
  const said = parsed(line);
  if (!isObject(said) || typeof said.cadenza !== "number") return null;
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return {
    cadenza: said.cadenza,
    version: text(said.version),
    project: text(said.project),
    pid: Number(said.pid),
    plan: text(said.plan),
  };
}

/** What is wrong with it, in words, where the line is no request. */
export function readAsking(line: string): Asking | string {
  const said = parsed(line);
  if (said === undefined) return "it is not JSON";
  if (!isObject(said)) return "it is not a JSON object";
  const { id, ask, with: given = {} } = said;
  if (typeof id !== "number" || !Number.isSafeInteger(id)) return "its `id` is no whole number";
  if (typeof ask !== "string") return "its `ask` is no text";
  return isObject(given) ? { id, ask, with: given } : "its `with` is no JSON object";
}

export const answerLine = (id: number | null, result: Result<unknown>): string =>
  JSON.stringify(
    result.ok ? { id, ok: true, value: result.value ?? null } : { id, ok: false, failure: result.failure },
  );

/** What a client that subscribed is told without asking. */
export const pushLine = (seen: unknown): string => JSON.stringify({ seen });

/** undefined where the line is no such telling. */
export function readPush(line: string): unknown {
  const said = parsed(line);
  return isObject(said) && said.id === undefined ? said.seen : undefined;
}

/** null where the line is no answer. */
export function readAnswer(line: string): { readonly id: number | null; readonly result: Result<unknown> } | null {
  const said = parsed(line);
  if (!isObject(said)) return null;
  const id = typeof said.id === "number" ? said.id : null;
  if (said.ok === true) return { id, result: { ok: true, value: said.value } };
  const { failure: told } = said;
  if (!isObject(told) || typeof told.code !== "string") return null;
  const found: Failure = { kind: "failure", code: told.code, text: String(told.text), help: String(told.help) };
  return { id, result: { ok: false, failure: found } };
}
