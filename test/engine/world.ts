// A small company to run programs in: sources to a plan, people and events as rows, one database in memory.

import { isZone } from "../../compiler/calendar.ts";
import { compile } from "../../compiler/compile.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { columnOf, columnType, quote } from "../../compiler/sql/tables.ts";
import { applyPlan } from "../../runtime/engine/apply.ts";
import type { Engine } from "../../runtime/engine/engine.ts";
import { tick } from "../../runtime/engine/tick.ts";
import type { Database, Instant, Row } from "../../runtime/ports.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { scratchDatabase, valueFrom } from "../support/scratch.ts";

const prelude = `
project acme < language 1  time zone "ZONE"  currency EUR  sender "Ana <ana@acme.example>"  postal address "Street 1" >
contact <
  id text key  email email?  first_name text?  role one of (boss, user)?  country country?  time_zone timezone?
  seats number?  OWN_FIELDS tags list of text  renewal date?  meeting datetime?  created datetime?
>
event signed_up < plan one of (free, team)? >
event purchased < amount number?  order_id text? >
event delivered_order < order_id text? >
topic tips "Tips" opt out
topic news "News" opt in
email welcome < subject "Welcome"  text "Hello"  topic tips >
email nudge < subject "Still there?"  text "Hello"  topic tips >
email digest < subject "News"  text "Hello"  topic news >
email receipt < subject "Receipt"  text "Hello"  transactional >
`;

/** `fields`: more of the contact. */
export function planOf(source: string, zone = "UTC", fields = ""): Plan {
  const sources = [
    { path: "main.cdz", text: source },
    { path: "prelude.cdz", text: prelude.replace("ZONE", zone).replace("OWN_FIELDS", fields) },
  ];
  const { plan, diagnostics } = compile(sources, { library: [], isZone, body: () => ({ kind: "missing" }) });
  if (!plan) throw new Error(diagnostics.map(({ code, text }) => `${code} ${text}`).join("\n"));
  return plan;
}

/** `2026-03-02`, `2026-03-02 09:00` or with seconds, in UTC. */
export function at(text: string): Instant {
  const [day = "", clock = "00:00"] = text.split(" ");
  const instant = Date.parse(`${day}T${clock}Z`);
  if (Number.isNaN(instant)) throw new Error(`no instant: ${text}`);
  return instant;
}

export const clockOf = (instant: Instant): string =>
  new Date(instant).toISOString().replace("T", " ").replace(":00.000Z", "").replace(".000Z", "");

type Values = Readonly<Record<string, string | number | boolean | readonly string[] | null>>;

export interface World {
  readonly database: Database;
  readonly plan: Plan;
  engine(): Engine;
  apply(when: string, plan?: Plan): Promise<Engine>;
  tick(...when: readonly string[]): Promise<void>;
  person(id: string, values?: Values): Promise<void>;
  happen(event: string, contact: string, when: string, values?: Values, batch?: number): Promise<void>;
  rows(sql: string): Promise<readonly Row[]>;
  /** The journal of a person, in words: \`tick step outcome reason\`. */
  story(contact: string): Promise<readonly string[]>;
  /** Mails in the outbox, in words: \`planned_at contact email\`. */
  mails(): Promise<readonly string[]>;
}

const literal = (value: Values[string]): string => {
  if (value === null) return "NULL";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  return `[${value.map(literal).join(", ")}]`;
};

export async function worldOf(source: string, zone = "UTC", path = ":memory:", fields = ""): Promise<World> {
  const plan = planOf(source, zone, fields);
  const database = await scratchDatabase(path);
  return openWorld(database, plan);
}

export async function openWorld(database: Database, plan: Plan): Promise<World> {
  valueFrom(await ensureCatalog(database, plan.catalog));
  let current: Engine | null = null;
  let events = 0;
  const rows = (text: string) => database.run({ text, params: {} });
  const engine = () => {
    if (!current) throw new Error("nothing is applied");
    return current;
  };
  return {
    database,
    plan,
    engine,
    rows,
    async apply(when, next = plan) {
      const applied = valueFrom(await applyPlan(database, next, at(when)));
      current = applied.engine;
      return applied.engine;
    },
    async tick(...when) {
      for (const instant of when) valueFrom(await tick(engine(), at(instant)));
    },
    async person(id, values = {}) {
      const known: Values = { email: `${id}@test.example`, ...values };
      const columns = Object.keys(known).map((name) => {
        const field = plan.catalog.contact.fields.find((candidate) => candidate.name === name);
        if (!field) throw new Error(`no field ${name}`);
        return {
          name: quote(columnOf(field, "contact")),
          value: `CAST(${literal(known[name] ?? null)} AS ${columnType(field.type)})`,
        };
      });
      const sets = columns.map(({ name }) => `${name} = excluded.${name}`).join(", ");
      await rows(
        `INSERT INTO contact (contact_id, ${columns.map(({ name }) => name).join(", ")})
         VALUES (${literal(id)}, ${columns.map(({ value }) => value).join(", ")}) ON CONFLICT DO UPDATE SET ${sets}`,
      );
    },
    async happen(event, contact, when, values = {}, batch = 1) {
      const names = Object.keys(values).map(quote);
      await rows(
        `INSERT INTO ${quote(`event_${event}`)} (contact_id, occurred_at, received_at, event_id, batch${names.map((name) => `, ${name}`).join("")})
         VALUES (${literal(contact)}, make_timestamp(${at(when)}000), make_timestamp(${at(when)}000), 'e${String(++events).padStart(5, "0")}', ${batch}${Object.values(
           values,
         )
           .map((value) => `, ${literal(value)}`)
           .join("")})`,
      );
    },
    async story(contact) {
      const found = await rows(
        `SELECT epoch_ms(tick) AS tick, step, outcome, reason FROM journal WHERE contact_id = ${literal(contact)}
         ORDER BY tick, round, program, enrollment_id, seq`,
      );
      return found.map((row) =>
        [clockOf(Number(row.tick)), row.step, row.outcome, row.reason && `(${row.reason})`]
          .filter((part) => part)
          .join(" "),
      );
    },
    async mails() {
      const found = await rows(
        "SELECT epoch_ms(planned_at) AS planned, contact_id, email FROM outbox ORDER BY planned_at, contact_id, email",
      );
      return found.map((row) => `${clockOf(Number(row.planned))} ${row.contact_id} ${row.email}`);
    },
  };
}
