// Builds a catalog from a short notation: `catalogOf({ contact: "id text key, email email, seats number?" })`.

import type { Catalog, EventTable, Field, ListEntry, TopicEntry } from "../../compiler/ir/catalog.ts";
import type { Scalar, Type } from "../../compiler/types.ts";

function scalarOf(word: string): Scalar {
  const choice = /^one of \((.*)\)$/.exec(word);
  if (choice) return { kind: "enum", values: (choice[1] ?? "").split("|").map((value) => value.trim()) };
  switch (word) {
    case "text":
      return { kind: "text", isExact: false };
    case "text exact":
      return { kind: "text", isExact: true };
    case "money":
      return { kind: "money", currency: "EUR" };
    case "number":
    case "percent":
    case "date":
    case "datetime":
    case "timezone":
    case "country":
    case "email":
    case "url":
    case "boolean":
    case "duration":
      return { kind: word };
    default:
      throw new Error(`no type ${word}`);
  }
}

export function typeOf(notation: string): Type {
  const isNullable = notation.endsWith("?");
  const bare = notation.replace(/\?$/, "");
  const isList = bare.startsWith("list of ");
  return { scalar: scalarOf(bare.replace(/^list of /, "")), isList, isNullable };
}

export function fieldsOf(notation: string): readonly Field[] {
  return notation
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const isKey = part.endsWith(" key");
      const [name = "", ...type] = part.replace(/ key$/, "").split(" ");
      return { name, type: typeOf(type.join(" ")), isKey, doc: null };
    });
}

export interface CatalogNotation {
  readonly contact: string;
  readonly company?: string;
  readonly events?: Readonly<Record<string, string>>;
  readonly lists?: readonly string[];
  readonly topics?: readonly string[];
}

const mailProperties =
  "message text?, email text?, topic text?, program text?, variant text?, link text?, machine boolean?";
const mailEvents = ["received", "sent", "opened", "clicked", "replied", "bounced", "complained", "unsubscribed"];

function eventOf(name: string, notation: string): EventTable {
  const fields = fieldsOf(notation);
  const isMail = mailEvents.includes(name);
  const key = fields.find((field) => field.isKey)?.name ?? null;
  return { name, fields, key, isBuiltIn: isMail, isMail };
}

/** The mail events are always there, as in every project. */
export function catalogOf(notation: CatalogNotation): Catalog {
  const fields = fieldsOf(notation.contact);
  const first = (kind: Scalar["kind"]) => fields.find((field) => field.type.scalar.kind === kind)?.name ?? null;
  const company = notation.company === undefined ? null : fieldsOf(notation.company);
  const keyOf = (of: readonly Field[]) => of.find((field) => field.isKey)?.name ?? "id";
  return {
    contact: {
      fields,
      key: keyOf(fields),
      address: first("email") ?? "email",
      zone: first("timezone"),
      country: first("country"),
    },
    company: company && { fields: company, key: keyOf(company) },
    events: [
      ...mailEvents.map((name) => eventOf(name, mailProperties)),
      ...Object.entries(notation.events ?? {}).map(([name, properties]) => eventOf(name, properties)),
    ],
    lists: (notation.lists ?? []).map((name): ListEntry => ({ name, title: null })),
    topics: (notation.topics ?? []).map((name): TopicEntry => ({ name, title: name, consent: "opt out" })),
  };
}
