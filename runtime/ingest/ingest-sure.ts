// Which messages are sure to be taken in, as far as can be told without the database. Whatever is not sure, the database judges
// before it is answered; so this may be too strict, and never too lenient.

import { countries } from "../../compiler/countries.ts";
import type { Catalog, Field } from "../../compiler/ir/catalog.ts";
import type { Scalar } from "../../compiler/types.ts";
import type { IngestMessage } from "./ingest-messages.ts";

/** Texts without anything that a database may take otherwise than JavaScript: control characters, halves of letters. */
const isPlainText = (value: unknown): value is string =>
  typeof value === "string" &&
  value !== "" &&
  value.length <= 10_000 &&
  value.trim() === value &&
  !/\p{C}/u.test(value);

const isPlainValue = (value: unknown): boolean =>
  value === null || Number.isFinite(value) || typeof value === "boolean" || value === "" || isPlainText(value);

/** What no field takes amiss: the values of the others may load as unknown. */
const isPlain = (value: unknown): boolean =>
  isPlainValue(value) || (Array.isArray(value) && value.length <= 1_000 && value.every(isPlainValue));

const emailShape = /^[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}$/;
const urlShape = /^https:\/\/[A-Za-z0-9/._~:?#@!$&'()*+,;=%-]*$/;
const instantShape = /^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;
const dayShape = /^[1-9]\d{3}-\d\d-\d\d$/;

/** Days that a month does not have come back as others. */
function isInstant(value: string): boolean {
  const at = Date.parse(value);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 19) === value.slice(0, 19);
}

export function surelyFits(scalar: Scalar, value: unknown): boolean {
  switch (scalar.kind) {
    case "text":
      return isPlainText(value);
    case "enum":
      return isPlainText(value) && scalar.values.includes(value);
    case "number":
    case "percent":
      return Number.isFinite(value);
    case "money":
      return typeof value === "number" && /^-?\d{1,12}(\.\d{1,4})?$/.test(String(value));
    case "boolean":
      return typeof value === "boolean";
    case "email":
      return isPlainText(value) && value.length <= 254 && emailShape.test(value);
    case "url":
      return isPlainText(value) && urlShape.test(value);
    case "country":
      return isPlainText(value) && countries.includes(value);
    case "datetime":
      return isPlainText(value) && instantShape.test(value) && isInstant(value);
    case "date":
      return isPlainText(value) && dayShape.test(value) && isInstant(`${value}T00:00:00Z`);
    case "timezone":
    case "duration":
      return false;
  }
}

const isRequired = ({ type }: Field): boolean => !type.isNullable && !type.isList;

export interface Sureness {
  /** `isKnown`: whether there is such a contact. */
  isSure(message: IngestMessage, isKnown: boolean): boolean;
}

export function surenessOf({ contact, events }: Catalog): Sureness {
  const required = new Map(
    events.map(({ name, fields, isMail }) => [name, isMail ? [] : fields.filter(isRequired)] as const),
  );
  const own = contact.fields.filter((field) => isRequired(field) && !field.isKey);
  const key = contact.fields.find(({ isKey }) => isKey);
  return {
    isSure(message, isKnown) {
      if (message.kind !== "event" && message.kind !== "contact") return false;
      const { row } = message;
      if (!Object.values(row).every(isPlain)) return false;
      const fits = ({ name, type }: Field) => surelyFits(type.scalar, row[name]);
      if (message.kind === "event") return isKnown && (required.get(message.event)?.every(fits) ?? false);
      // Of whom there is already, what is not said stays as it is.
      const isFine = (field: Field) => (isKnown && row[field.name] === undefined) || fits(field);
      return (isKnown || (key !== undefined && surelyFits(key.type.scalar, message.key))) && own.every(isFine);
    },
  };
}
