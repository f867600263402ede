// A contact with all that shows a verdict, completed with values for what nobody asked for.

import type { Field } from "../ir/catalog.ts";
import type { Ground } from "./ground.ts";
import type { Row } from "./rows.ts";
import type { Assignment, Value } from "./values.ts";

export type State = "yes" | "no" | "silent";

export interface WitnessEvent {
  readonly event: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly values: Readonly<Record<string, Value>>;
}
/** Fields and properties by name: null is unknown, instants are epoch milliseconds, days yyyy-mm-dd, money decimal. */
export interface Witness {
  /** The instant at which she is judged, in epoch milliseconds. */
  readonly now: number;
  readonly contact: Readonly<Record<string, Value>>;
  readonly company: Readonly<Record<string, Value>> | null;
  readonly events: readonly WitnessEvent[];
  /** What the event says that started her enrollment, where that is asked for. */
  readonly start: Readonly<Record<string, Value>>;
  readonly lists: readonly string[];
  readonly isSuppressed: boolean;
  /** What her address said of topics; silence is left out. */
  readonly consents: readonly { readonly topic: string; readonly isYes: boolean }[];
}

const start = "start property ";

interface Parts {
  readonly ground: Ground;
  readonly now: number;
  readonly fresh: string;
  readonly fields: Assignment;
  readonly hasCompany: boolean;
  readonly rows: readonly { readonly event: string; readonly rows: readonly Row[] }[];
  readonly lists: readonly string[];
  readonly isSuppressed: boolean;
  readonly states: ReadonlyMap<string, State>;
}

export function witnessOf({ ground, now, fresh, fields, ...parts }: Parts): Witness {
  const { contact, company } = ground;
  const filled = (kind: string, all: readonly Field[], values: Assignment) =>
    Object.fromEntries(
      all.map((field) => [field.name, values.get(`${kind} ${field.name}`) ?? usual(field, now, fresh)]),
    );
  return {
    now,
    contact: {
      ...filled("field", contact.fields, fields),
      ...unlinked(ground, parts.hasCompany, fields),
    },
    company: parts.hasCompany && company ? filled("company field", company.fields, fields) : null,
    events: parts.rows.flatMap(({ event, rows }) => {
      const table = ground.event(event);
      return rows.map(({ values, thing }) => {
        const at = values.get("occurred at");
        const told = filled("property", table?.fields ?? [], values);
        const column = table?.isMail ? "message" : table?.key;
        const isFree = column && !values.has(`property ${column}`);
        return {
          event,
          at: typeof at === "number" ? at : now,
          values: isFree ? { ...told, [column]: `${event}-${thing}` } : told,
        };
      });
    }),
    start: Object.fromEntries(
      [...fields].flatMap(([name, value]) => (name.startsWith(start) ? [[name.slice(start.length), value]] : [])),
    ),
    lists: parts.lists,
    isSuppressed: parts.isSuppressed,
    consents: [...parts.states].flatMap(([topic, state]) =>
      state === "silent" ? [] : [{ topic, isYes: state === "yes" }],
    ),
  };
}

/** A contact of no company names one that does not exist, if she must name one. */
function unlinked({ company }: Ground, hasCompany: boolean, fields: Assignment): Readonly<Record<string, Value>> {
  return company && !hasCompany ? { company: fields.get("field company") ?? null } : {};
}

/** Any value will do; unknown is one where it may stand. */
function usual({ name, type }: Field, now: number, fresh: string): Value {
  if (type.isNullable) return null;
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
