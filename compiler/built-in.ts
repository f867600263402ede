// What every project has without declaring it: events, and the segment `Suppressed`.

import type { EventTable, Field } from "./ir/catalog.ts";
import type { Scalar } from "./types.ts";

const text: Scalar = { kind: "text", isExact: false };
const exact: Scalar = { kind: "text", isExact: true };

function property(name: string, scalar: Scalar, isNullable: boolean): Field {
  return { name, type: { scalar, isList: false, isNullable }, isKey: false, doc: null };
}

/** `message` is the id of the mail: email events are counted by it. A row that is loaded without `machine` is a person's. */
const mailProperties: readonly Field[] = [
  property("message", exact, true),
  property("email", text, true),
  property("topic", text, true),
  property("program", text, true),
  property("variant", text, true),
  property("link", text, true),
  property("machine", { kind: "boolean" }, false),
];

const mailEvents = ["received", "sent", "opened", "clicked", "replied", "bounced", "complained", "unsubscribed"];

export const builtInEvents: readonly EventTable[] = [
  ...mailEvents.map((name) => ({ name, fields: mailProperties, key: null, isBuiltIn: true, isMail: true })),
  {
    name: "visited",
    fields: [
      property("url", { kind: "url" }, false),
      property("referrer", { kind: "url" }, true),
      property("campaign", text, true),
    ],
    key: null,
    isBuiltIn: true,
    isMail: false,
  },
];

/** Stands like an event and always holds. */
export const everyone = "everyone";
export const suppressed = "Suppressed";

/** Events that a machine can cause, which are left out unless `including machines` is written. */
export const machineEvents: ReadonlySet<string> = new Set(["opened", "clicked"]);

/** Properties of mail events whose values are names of declarations. */
export const declaredProperties: ReadonlySet<string> = new Set(["email", "topic", "program", "variant"]);
