// A contact with all that shows a verdict, completed with values for what nobody asked for.

import type { Field } from "../ir/catalog.ts";
import type { Ground } from "./ground.ts";
import { writeList } from "./lists.ts";
import type { Enrollment, Row } from "./rows.ts";
import type { Assignment, Value } from "./values.ts";

export type State = "yes" | "no" | "silent";

export interface WitnessEvent {
  readonly event: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly values: Readonly<Record<string, Value>>;
  /** In which scopes it counts, where that was asked for. */
  readonly scopes: readonly string[];
}
/** Fields and properties by name: null is unknown, instants are epoch milliseconds, days yyyy-mm-dd, money decimal. */
export interface Witness {
  /** The instant at which she is judged, in epoch milliseconds. */
  readonly now: number;
  readonly contact: Readonly<Record<string, Value>>;
  readonly company: Readonly<Record<string, Value>> | null;
  readonly events: readonly WitnessEvent[];
  /** null: nothing is asked of what counts in it. */
  readonly enrollment: Enrollment | null;
  /** What the event says that started her enrollment, where that is asked for. */
  readonly start: Readonly<Record<string, Value>>;
  readonly lists: readonly string[];
  readonly isSuppressed: boolean;
  /** What her address said of topics; silence is left out. */
  readonly consents: readonly { readonly topic: string; readonly isYes: boolean }[];
}

interface Parts {
  readonly ground: Ground;
  readonly now: number;
  readonly fields: Assignment;
  readonly hasCompany: boolean;
  readonly rows: readonly { readonly event: string; readonly rows: readonly Row[] }[];
  readonly enrollment: Enrollment | null;
  readonly lists: readonly string[];
  readonly isSuppressed: boolean;
  readonly states: ReadonlyMap<string, State>;
}

/** Only what was asked of her, and what tells her and her events apart. */
export function sketchOf({ ground, now, fields, ...parts }: Parts): Witness {
  return {
    now,
    contact: named("field", fields),
    company: parts.hasCompany ? named("company field", fields) : null,
    events: parts.rows.flatMap(({ event, rows }) => {
      const table = ground.event(event);
      return rows.map(({ values, thing, scopes }) => {
        const at = values.get("occurred at");
        const column = table?.isMail ? "message" : table?.key;
        // One mail is the newest, whatever happened to it.
        const isNewest = scopes.includes("wait for the newest");
        const identity = column ? { [column]: isNewest ? "newest" : `${event}-${thing}` } : {};
        return {
          event,
          at: typeof at === "number" ? at : now,
          values: { ...identity, ...named("property", values) },
          scopes,
        };
      });
    }),
    enrollment: parts.enrollment,
    start: named("start property", fields),
    lists: parts.lists,
    isSuppressed: parts.isSuppressed,
    consents: [...parts.states].flatMap(([topic, state]) =>
      state === "silent" ? [] : [{ topic, isYes: state === "yes" }],
    ),
  };
}

function named(kind: string, values: Assignment): Readonly<Record<string, Value>> {
  const prefix = `${kind} `;
  return Object.fromEntries(
    [...values].flatMap(([name, value]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [])),
  );
}

/** With values for what nobody asked for; `fresh` stands in her address. */
export function completed(sketch: Witness, { contact, company, event }: Ground, fresh: string): Witness {
  const filled = (all: readonly Field[], values: Witness["contact"]) =>
    Object.fromEntries(
      all.map((field) => {
        const value = values[field.name];
        // Of lists, nothing says that they are known.
        const isGiven = value !== undefined && (value !== null || field.type.isList);
        return [field.name, isGiven ? value : usual(field, sketch.now, fresh)];
      }),
    );
  return {
    ...sketch,
    contact: {
      ...filled(contact.fields, sketch.contact),
      // A contact of no company names one that does not exist, if she must name one.
      ...(company && !sketch.company ? { company: sketch.contact.company ?? null } : {}),
    },
    company: company && sketch.company ? filled(company.fields, sketch.company) : null,
    events: sketch.events.map((row) => ({ ...row, values: filled(event(row.event)?.fields ?? [], row.values) })),
  };
}

/** Any value will do; unknown is one where it may stand. */
function usual({ name, type }: Field, now: number, fresh: string): Value {
  if (type.isNullable) return null;
  if (type.isList) return writeList([]);
  switch (type.scalar.kind) {
    case "number":
    case "percent":
    case "duration":
      return 0;
    case "money":
      return "0";
    case "boolean":
      return false;
    case "date":
      return new Date(now).toISOString().slice(0, 10);
    case "datetime":
      return now;
    case "enum":
      return type.scalar.values[0] ?? null;
    case "email":
      return `p${fresh}@test.example`;
    case "timezone":
      return "UTC";
    case "country":
      return "DE";
    default:
      return name;
  }
}
