// Lists and topics: members that are added, and consent that is recorded for an address.

import { columnOf, quote } from "../../../compiler/sql/tables.ts";
import { Bug } from "../../../grammar/unreachable.ts";
import type { Session } from "../../ports.ts";
import { statement } from "../schema.ts";
import { binder } from "./binder.ts";
import { columnFor, contactColumn, type Ingest, rejectStrangers } from "./events.ts";
import { reasons } from "./reasons.ts";
import { addRejects } from "./rejects.ts";
import type { Stage } from "./stage.ts";
import type { Written } from "./written.ts";

async function count(session: Session, text: string): Promise<number> {
  const [row] = await session.run(statement(text));
  return Number(row?.n ?? 0);
}

const plain = { updated: 0, duplicates: 0, future: 0 };

/** Adds the staged contacts to a list. */
export async function writeMembers(session: Session, list: string, stage: Stage, { now }: Ingest): Promise<Written> {
  const rejected = await rejectStrangers(session, stage);
  const contact = contactColumn(stage).value;
  const at = columnFor(stage, "at");
  const values = binder();
  const since = values.bind({ kind: "instant", value: now });
  const added = await session.change(
    values.sql(`INSERT INTO list_member (list, contact_id, added_at, source)
      SELECT ${values.text(list)}, ${contact}, min(${at ? `coalesce(${at.value}, ${since})` : since}), 'load'
      FROM load_stage GROUP BY ${contact} ORDER BY ${contact} ON CONFLICT DO NOTHING`),
  );
  const distinct = await count(session, `SELECT count(DISTINCT ${contact}) AS n FROM load_stage`);
  return { ...plain, added, unchanged: distinct - added, rejected };
}

/** Consent belongs to an address, so a contact without one has nothing to agree to. */
async function rejectWithoutAddress(session: Session, stage: Stage, address: string): Promise<number> {
  const contact = contactColumn(stage);
  const isWithout = `EXISTS (SELECT 1 FROM contact AS c WHERE c.contact_id = load_stage.${contact.value} AND ${address} IS NULL)`;
  const rejected = await addRejects(
    session,
    stage.reading,
    (values) => `SELECT ${stage.place} AS place, ${values.text(contact.label)} AS "column", ${contact.value} AS value,
      ${values.text(reasons.noAddress)} AS reason FROM load_stage WHERE ${isWithout}`,
  );
  if (rejected > 0) await session.change(statement(`DELETE FROM load_stage WHERE ${isWithout}`));
  return rejected;
}

/**
 * Records what the staged rows say of a topic. A row with a time is one fact and is written once; one without is how
 * things are now, and is written where that is news.
 */
export async function writeConsent(
  session: Session,
  topic: string,
  stage: Stage,
  { catalog, now }: Ingest,
): Promise<Written> {
  const state = columnFor(stage, "state");
  if (!state) throw new Bug(`a load of ${topic} maps no state`);
  const field = { name: catalog.contact.address, isKey: catalog.contact.address === catalog.contact.key };
  const address = `lower(trim(c.${quote(columnOf(field, "contact"))}))`;
  const strangers = await rejectStrangers(session, stage);
  const rejected = strangers + (await rejectWithoutAddress(session, stage, address));
  const [at, source] = [columnFor(stage, "at"), columnFor(stage, "source")];
  const values = binder();
  const [since, name] = [values.bind({ kind: "instant", value: now }), values.text(topic)];
  const rows = `SELECT ${address} AS address, s.${state.value} AS state, ${at ? `s.${at.value}` : "CAST(NULL AS TIMESTAMP)"} AS told_at,
      ${source ? `coalesce(s.${source.value}, 'load')` : "'load'"} AS source
    FROM load_stage AS s JOIN contact AS c ON c.contact_id = s.${contactColumn(stage).value}`;
  const distinct = `SELECT address, state, told_at, min(source) AS source FROM (${rows}) GROUP BY ALL`;
  const latest = `SELECT address, arg_max(state, ("at", NOT state)) AS state FROM consent WHERE topic = ${name} GROUP BY address`;
  const isKnown = `EXISTS (SELECT 1 FROM consent AS k WHERE k.topic = ${name} AND k.address = d.address AND k.state = d.state AND k."at" = d.told_at)`;
  const isNow = `EXISTS (SELECT 1 FROM (${latest}) AS l WHERE l.address = d.address AND l.state = d.state)`;
  const total = await count(session, `SELECT count(*) AS n FROM (${distinct})`);
  const added = await session.change(
    values.sql(`INSERT INTO consent (address, topic, state, "at", source)
      SELECT d.address, ${name}, d.state, coalesce(d.told_at, ${since}), d.source FROM (${distinct}) AS d
      WHERE NOT (CASE WHEN d.told_at IS NULL THEN ${isNow} ELSE ${isKnown} END) ORDER BY ALL`),
  );
  return { ...plain, added, unchanged: total - added, rejected };
}
