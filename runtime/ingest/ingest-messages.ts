// Messages of the Segment tracking API, read into rows of the project's own tables; pure.

import { createHash } from "node:crypto";
import type { Catalog, EventTable, Field } from "../../compiler/ir/catalog.ts";
import { jsonText } from "../engine/json-text.ts";
import type { Instant } from "../ports.ts";

/** Values by the names of the project's fields; what is not there is not said. `@contact`, `@at` and `@id` are an event's own. */
export type IngestRow = Readonly<Record<string, unknown>>;

export type IngestMessage = {
  /** By it a message that comes again is known. */
  readonly id: string;
  /** As it came. */
  readonly body: string;
  /** What it calls itself: `identify`, `track Signed Up`. */
  readonly name: string;
} /** `key`: of the contact. */ & (
  | { readonly kind: "contact"; readonly key: string; readonly row: IngestRow }
  | { readonly kind: "event"; readonly event: string; readonly key: string; readonly row: IngestRow }
  /** The project has no place for it. */
  | { readonly kind: "strange"; readonly reason: string }
  | { readonly kind: "wrong"; readonly reason: string }
);

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : null;

/** `Signed Up`, `signedUp` and `signed-up` are all `signed_up`. */
export function plainName(name: string): string {
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1_$2")
    .toLowerCase()
    .replace(/[^\p{L}\d]+/gu, "_")
    .replace(/^_+|_+$/g, "");
}

/** What the API itself calls otherwise. */
const otherNames: Readonly<Record<string, string>> = { created: "created_at" };

/** The fields of which something is said, by their exact names, else by their plain ones. */
function valuesFor(fields: readonly Field[], said: Json): Record<string, unknown> {
  const plain = new Map(Object.keys(said).map((name) => [plainName(name), name]));
  const found: Record<string, unknown> = {};
  for (const { name } of fields) {
    const other = otherNames[name];
    const source = Object.hasOwn(said, name)
      ? name
      : (plain.get(plainName(name)) ?? (other === undefined ? undefined : plain.get(other)));
    // An object has no place in a field.
    if (source !== undefined && !isObject(said[source])) found[name] = said[source];
  }
  return found;
}

/** Mails are told of by their provider; `replied` comes from nowhere else. */
const isOpen = ({ isMail, name }: EventTable): boolean => !isMail || name === "replied";

export interface Reading {
  readonly catalog: Catalog;
  readonly now: Instant;
  /** Tells messages without an id apart that say the same. */
  readonly next: () => number;
}

/** `said`: one message as it came, of the type that its path or its `type` names. */
export function readMessage(said: unknown, type: string | null, reading: Reading): IngestMessage {
  const body = jsonText(said);
  const named = { id: idOf(said, body, reading), body };
  if (!isObject(said)) return { ...named, name: "message", kind: "wrong", reason: "it is not a JSON object" };
  const of = type ?? textOf(said.type) ?? "";
  const traits = isObject(said.traits) ? said.traits : {};
  const { contact } = reading.catalog;
  const key = textOf(said.userId) ?? (contact.key === contact.address ? textOf(traits.email) : null);
  if (of === "identify") {
    if (key === null) return { ...named, name: of, kind: "wrong", reason: "`userId` is missing" };
    return {
      ...named,
      name: of,
      kind: "contact",
      key,
      row: { ...valuesFor(contact.fields, traits), [contact.key]: key },
    };
  }
  if (of === "track") return readTrack({ ...named, said, key }, reading);
  if (of === "page") return readPage({ ...named, said, key }, reading);
  return of === ""
    ? { ...named, name: "message", kind: "wrong", reason: "`type` is missing" }
    : { ...named, name: of, kind: "strange", reason: `\`${of}\` is not taken in` };
}

interface Said {
  readonly id: string;
  readonly body: string;
  readonly said: Json;
  readonly key: string | null;
}

function readTrack({ said, key, ...named }: Said, reading: Reading): IngestMessage {
  const event = textOf(said.event);
  if (event === null) return { ...named, name: "track", kind: "wrong", reason: "`event` is missing" };
  const name = `track ${event}`;
  const wanted = plainName(event);
  const table = reading.catalog.events.find((one) => one.name === event || plainName(one.name) === wanted);
  if (!table) return { ...named, name, kind: "strange", reason: `the project has no event \`${wanted}\`` };
  if (!isOpen(table))
    return { ...named, name, kind: "strange", reason: "what became of mails only their provider tells" };
  return eventOf({ ...named, name, said, key }, table, isObject(said.properties) ? said.properties : {}, reading);
}

function readPage({ said, key, ...named }: Said, reading: Reading): IngestMessage {
  const table = reading.catalog.events.find(({ name }) => name === "visited");
  const context = isObject(said.context) ? said.context : {};
  const page = isObject(context.page) ? context.page : {};
  const campaign = isObject(context.campaign) ? { campaign: context.campaign.name } : {};
  const properties = { ...page, ...campaign, ...(isObject(said.properties) ? said.properties : {}) };
  if (!table) return { ...named, name: "page", kind: "strange", reason: "the project has no event `visited`" };
  return eventOf({ ...named, name: "page", said, key }, table, properties, reading);
}

function eventOf(
  { said, key, ...named }: Said & { readonly name: string },
  table: EventTable,
  properties: Json,
  { now }: Reading,
): IngestMessage {
  if (key === null) return { ...named, kind: "wrong", reason: "`userId` is missing" };
  const at = said.timestamp === undefined ? now : Date.parse(String(said.timestamp));
  if (Number.isNaN(at)) return { ...named, kind: "wrong", reason: "`timestamp` is no time" };
  const row = {
    ...valuesFor(table.fields, properties),
    "@contact": key,
    // The clock of who tells may run ahead.
    "@at": new Date(Math.min(at, now)).toISOString(),
    "@id": `http:${named.id}`,
  };
  return { ...named, kind: "event", event: table.name, key, row };
}

const longestId = 256;

/** Its own, else what it says and when; what says neither is never taken for a repeat. */
function idOf(said: unknown, body: string, { now, next }: Reading): string {
  const own = isObject(said) ? textOf(said.messageId) : null;
  if (own !== null && own.length <= longestId) return own;
  const when = isObject(said) && said.timestamp !== undefined ? "" : `${now} ${next()} `;
  return createHash("sha256").update(`${when}${body}`).digest("hex");
}
