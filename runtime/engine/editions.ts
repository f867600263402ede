// Versions of programs that people finish: beside the newest version, as plans in which they and their mails can be found.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Program } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import type { Row, Session } from "../ports.ts";
import { formerProgram } from "./placing.ts";
import { renamedIn, type Renames } from "./renames.ts";
import { plansBehind, versionsOf } from "./stored-plan.ts";

/** A program as some of the people inside go through it. */
export interface Edition extends Program {
  /** The version; null: the newest. */
  readonly pinned: number | null;
}

/** A plan with all editions among its programs, the newest ones first: what holds for the people inside. */
export interface InsidePlan extends Plan {
  readonly programs: readonly Edition[];
}

/** The version of a program that some people finish, by the names of today. */
export interface Pinned {
  readonly edition: Edition;
  readonly version: Plan;
}

const newest = (program: Program): Edition => ({ ...program, pinned: null });

export const insideOf = (plan: Plan, pinned: readonly Pinned[]): InsidePlan => ({
  ...plan,
  programs: [...plan.programs.map(newest), ...pinned.map(({ edition }) => edition)],
});

/** SQL: the row, of positions or of what comes of them, is about the people of an edition. */
export function isOf({ name, pinned }: Pick<Edition, "name" | "pinned">, row: string, builder: Builder): string {
  const program = builder.param({ kind: "text", value: name });
  return `${row}.program = ${program} AND ${row}.pinned ${printPinned(pinned)}`;
}

/** The same of a row that was read. */
export const isRowOf = ({ name, pinned }: Edition, row: Row): boolean =>
  row.program === name && (row.pinned === null ? pinned === null : Number(row.pinned) === pinned);

const printPinned = (pinned: number | null): string => (pinned === null ? "IS NULL" : `= ${Math.trunc(pinned)}`);

/** The version of an edition as a value of SQL. */
export const pinnedValue = ({ pinned }: Edition): string =>
  `CAST(${pinned === null ? "NULL" : Math.trunc(pinned)} AS INTEGER)`;

// Names of emails have no such mark.
const mark = "@";

/** The name of an email of a pinned version among the emails of the plan, where the newest one differs or is gone. */
const keyOf = (email: string, version: number): string => `${email}${mark}${version}`;

const hasKeys = ({ emails }: Plan): boolean => emails.some(({ name }) => name.includes(mark));

/** SQL of the plain name of an email, from a name among the emails of the plan. */
export const printPlainName = (plan: Plan, sql: string): string =>
  hasKeys(plan) ? `split_part(${sql}, '${mark}', 1)` : sql;

/** SQL of the name among the emails of the plan of the mail in a row with email and pinned. */
export function printEmailKey(plan: Plan, row: string, builder: Builder): string {
  if (!hasKeys(plan)) return `${row}.email`;
  const keys = plan.emails.flatMap(({ name }) => (name.includes(mark) ? [name] : []));
  const key = `concat(${row}.email, '${mark}', ${row}.pinned)`;
  return `CASE WHEN list_contains(${builder.param({ kind: "texts", value: keys })}, ${key}) THEN ${key} ELSE ${row}.email END`;
}

/** The versions that somebody is in, is to get a mail of, or can still reach the goal of. */
export async function readPinned(session: Session, live: Plan): Promise<readonly Pinned[]> {
  const rows = await session.run({
    text: `SELECT DISTINCT e.program, e.pinned FROM enrollment AS e
      LEFT JOIN (SELECT DISTINCT enrollment_id FROM outbox WHERE state IN ('pending', 'claimed', 'unknown') AND pinned IS NOT NULL) AS o
        ON o.enrollment_id = e.enrollment_id
      WHERE e.pinned IS NOT NULL
        AND (e.left_at IS NULL OR o.enrollment_id IS NOT NULL OR e.goal_until >= coalesce((SELECT last_tick FROM engine_state), TIMESTAMP '1970-01-01'))
      ORDER BY e.program, e.pinned`,
    params: {},
  });
  if (rows.length === 0) return [];
  const places = rows.map((row) => ({ program: String(row.program), pinned: Number(row.pinned) }));
  const versions = await versionsOf(session, [...new Set(places.map(({ pinned }) => pinned))]);
  const found: Pinned[] = [];
  for (const { program, pinned } of places) {
    const version = versions.get(pinned);
    const isLive = live.programs.some(({ name }) => name === program);
    // A program that was renamed and then left out has its name of today in a version between only.
    const named = isLive ? live : ((await plansBehind(session, pinned)).find(has(program)) ?? live);
    const former = version && formerProgram({ program }, version, named);
    if (former) found.push(pinnedOf({ former, program, pinned, version }, live));
  }
  return found;
}

const has =
  (program: string) =>
  ({ programs }: Plan): boolean =>
    programs.some(({ name }) => name === program);

interface Finding {
  readonly former: Program;
  /** Its name of today. */
  readonly program: string;
  readonly pinned: number;
  readonly version: Plan;
}

function pinnedOf({ former, program, pinned, version }: Finding, live: Plan): Pinned {
  const renames = renamesBetween(version, live);
  const today = renamedIn(former, renames);
  const isGone = live.programs.every(({ name }) => name !== program);
  const sent = (email: string): string => {
    const [before, now] = [version, live].map(({ emails }, index) =>
      emails.find(({ name }) => (index === 0 ? (renames.email.get(name) ?? name) : name) === email),
    );
    return before && before.hash !== now?.hash ? keyOf(email, pinned) : email;
  };
  const { origin = former.name, ...rest } = today;
  const edition: Edition = {
    ...rest,
    ...(origin === program ? {} : { origin }),
    name: program,
    pinned,
    // Nobody enters it, and its mails are slowed down with those of the newest version.
    onlyIf: null,
    closesAt: null,
    sendAtMost: isGone ? today.sendAtMost : null,
    steps: today.steps.map((step) => (step.kind === "send" ? { ...step, email: sent(step.email) } : step)),
  };
  const emails = version.emails.map((email) => {
    const renamed = renamedIn(email, renames);
    return { ...renamed, name: keyOf(renames.email.get(email.name) ?? email.name, pinned) };
  });
  const segments = version.segments.map((segment) => {
    const renamed = renamedIn(segment, renames);
    const [id = ""] = renamedIn({ programs: [], segment: [segment.id] }, renames).segment;
    return { ...renamed, id, name: renames.segment.get(segment.name) ?? segment.name };
  });
  return { edition, version: { ...version, emails, segments } };
}

interface Named {
  readonly name: string;
  readonly origin?: string;
}

/** What things of a version are called today: the first name of each is the same. */
function renamesBetween(version: Plan, live: Plan): Renames {
  const between = (before: readonly Named[], now: readonly Named[]) => {
    const names = new Map(now.map(({ name, origin = name }) => [origin, name]));
    return new Map(before.map(({ name, origin = name }) => [name, names.get(origin) ?? name]));
  };
  return {
    program: between(version.programs, live.programs),
    segment: between(version.segments, live.segments),
    email: between(version.emails, live.emails),
    experiment: new Map(),
  };
}

/** The plan with whatever editions name that it lacks: of their mails as they were, of all else only what is gone. */
export function withEditions(plan: Plan, pinned: readonly Pinned[]): Plan {
  return pinned.reduce(withEdition, plan);
}

function withEdition(plan: Plan, { edition, version }: Pinned): Plan {
  const sent = new Set(edition.steps.flatMap((step) => (step.kind === "send" ? [step.email] : [])));
  const emails = version.emails.filter(({ name }) => sent.has(name));
  const used = usesOf([edition, emails], version);
  const nameOf = ({ name }: Named) => name;
  const { catalog } = plan;
  const of = version.catalog;
  return {
    ...plan,
    emails: withMissing(plan.emails, emails, nameOf),
    segments: withMissing(
      plan.segments,
      version.segments.filter(({ id }) => used.has(`segment ${id}`)),
      ({ id }) => id,
    ),
    scores: withMissing(
      plan.scores,
      version.scores.filter(({ name }) => used.has(`score ${name}`)),
      nameOf,
    ),
    funnels: withMissing(
      plan.funnels,
      version.funnels.filter(({ name }) => used.has(`stage ${name}`)),
      nameOf,
    ),
    derived: withMissing(plan.derived, version.derived, nameOf),
    vocabularies: withMissing(plan.vocabularies, version.vocabularies, nameOf),
    webhooks: withMissing(plan.webhooks, version.webhooks, nameOf),
    catalog: {
      ...catalog,
      contact: { ...catalog.contact, fields: withMissing(catalog.contact.fields, of.contact.fields, nameOf) },
      company:
        catalog.company && of.company
          ? { ...catalog.company, fields: withMissing(catalog.company.fields, of.company.fields, nameOf) }
          : (catalog.company ?? of.company),
      events: withMissing(catalog.events, of.events, nameOf),
      lists: withMissing(catalog.lists, of.lists, nameOf),
      topics: withMissing(catalog.topics, of.topics, nameOf),
    },
  };
}

function withMissing<T>(all: readonly T[], more: readonly T[], keyOf: (one: T) => string): readonly T[] {
  const known = new Set(all.map(keyOf));
  const missing = more.filter((one) => !known.has(keyOf(one)));
  return missing.length > 0 ? [...all, ...missing] : all;
}

/** Segments, scores and funnels that pieces of a plan read, by themselves and through each other. */
function usesOf(pieces: readonly unknown[], { segments, scores, funnels }: Plan): ReadonlySet<string> {
  const used = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    if ("segment" in value && typeof value.segment === "string") use(`segment ${value.segment}`);
    if ("kind" in value && "name" in value && (value.kind === "score" || value.kind === "stage")) {
      use(`${value.kind} ${String(value.name)}`);
    }
    Object.values(value).forEach(visit);
  };
  const use = (key: string): void => {
    if (used.has(key)) return;
    used.add(key);
    visit(segments.filter(({ id }) => key === `segment ${id}`));
    visit(scores.filter(({ name }) => key === `score ${name}`).map(({ rules }) => rules));
    visit(funnels.filter(({ name }) => key === `stage ${name}`).map(({ stages }) => stages));
  };
  visit(pieces);
  return used;
}
