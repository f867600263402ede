// What a report is broken down by: SQL of each value, and which counts can be told apart by it.

import type { Plan } from "../../../compiler/ir/plan.ts";
import type { ReportDimension } from "../../../compiler/ir/report.ts";
import type { Builder } from "../../../compiler/sql/builder.ts";
import { printConditions, printTerms } from "../../../compiler/sql/print.ts";
import { wallClockAt } from "../../../compiler/sql/shift.ts";
import { quote } from "../../../compiler/sql/tables.ts";
import { isFolded } from "../../../compiler/types.ts";
import { fill, integer, text, texts, type Turn } from "../engine.ts";
import type { Subject } from "./measures.ts";

/** Dimensions that only mails and sends have. */
const ofMails: ReadonlySet<ReportDimension["kind"]> = new Set(["email", "step", "variant", "topic"]);

/** Whether counts over a subject can be broken down that way. */
export function applies(dimension: ReportDimension, subject: Subject): boolean {
  if (dimension.kind === "variant") return subject === "mails";
  return !ofMails.has(dimension.kind) || subject === "mails" || subject === "skipped";
}

/** A column of rows `m`, which have contact_id, enrollment_id and `at`, and of mails email, step and variant. */
export interface DimensionSql {
  readonly value: string;
  readonly join: string;
}

export function dimensionSql(turn: Turn, dimension: ReportDimension, place: number, builder: Builder): DimensionSql {
  const { plan } = turn.engine;
  const plain = (value: string): DimensionSql => ({ value, join: "" });
  switch (dimension.kind) {
    case "email":
      return plain("m.email");
    case "step":
      return plain("m.step");
    case "variant":
      return plain("coalesce(m.variant, 'base')");
    case "topic":
      return plain(topicOf(plan, builder));
    case "week":
      return weekOf(plan, place, builder);
    case "arm":
      return {
        value: `a${place}.arm`,
        join: `JOIN report_arm AS a${place} ON a${place}.enrollment_id = m.enrollment_id`,
      };
    case "segment":
      return {
        value: `g${place}.segment`,
        join: `JOIN report_segment AS g${place} ON g${place}.contact_id = m.contact_id`,
      };
    case "field":
      return {
        value: `f${place}.d${place}`,
        join: `LEFT JOIN report_field AS f${place} ON f${place}.contact_id = m.contact_id`,
      };
  }
}

function topicOf(plan: Plan, builder: Builder): string {
  const whens = plan.emails.flatMap(({ name, topic }) =>
    topic === null ? [] : [`WHEN ${builder.param(text(name))} THEN ${builder.param(text(topic))}`],
  );
  return whens.length === 0 ? "CAST(NULL AS VARCHAR)" : `CASE m.email ${whens.join(" ")} END`;
}

/** The day on which the week of the row's instant began. */
function weekOf({ project }: Plan, place: number, builder: Builder): DimensionSql {
  const clock = wallClockAt(builder.param(text(project.zone)), 'm."at"', `w${place}`);
  const day = `CAST(${clock.value} AS DATE)`;
  const back = `(isodow(${day}) - ${builder.param(integer(project.firstWeekday))} + 7) % 7`;
  return { value: `${day} - CAST(${back} AS INTEGER)`, join: clock.join };
}

/** Fills what the dimensions join with, for people of `report_enrollment` and `report_mail`. */
export async function prepareDimensions(turn: Turn, by: readonly ReportDimension[]): Promise<void> {
  const { plan } = turn.engine;
  const fields = by.flatMap((dimension, place) => (dimension.kind === "field" ? [{ dimension, place }] : []));
  const people = {
    text: "(SELECT DISTINCT p.contact_id FROM report_person AS p SEMI JOIN contact AS c ON c.contact_id = p.contact_id)",
    params: {},
  };
  if (fields.length > 0) {
    const named = fields.map(({ dimension: { term }, place }) => ({ name: `d${place}`, term }));
    await fill(turn, "report_field", (builder) => {
      const terms = builder.include(printTerms(plan, { kind: "contact", from: people }, named));
      // A text in other letter case is the same; it shows as the first of its kind.
      const columns = named.map(({ name, term }) => {
        const isText = "type" in term && isFolded(term.type);
        return isText ? `min(t.${name}) OVER (PARTITION BY lower(trim(t.${name}))) AS ${name}` : `t.${name}`;
      });
      return `SELECT t.contact_id, ${columns.join(", ")} FROM (${terms}) AS t`;
    });
  }
  if (by.some(({ kind }) => kind === "arm")) await fillArms(turn);
  if (by.some(({ kind }) => kind === "segment")) await fillSegments(turn, people);
}

/** The arms that enrollments took, named with their experiment where the project has several. */
async function fillArms(turn: Turn): Promise<void> {
  const divides = turn.engine.plan.programs.flatMap((program) =>
    program.steps.flatMap((step) =>
      step.kind === "divide" ? [{ program: program.name, id: step.id, name: step.experiment ?? step.title }] : [],
    ),
  );
  const isAlone = (program: string) => divides.filter((divide) => divide.program === program).length === 1;
  await fill(turn, "report_arm", (builder) => {
    const list = (of: (divide: (typeof divides)[number]) => string) => builder.param(texts(divides.map(of)));
    return `SELECT DISTINCT j.enrollment_id, concat(d.prefix, substr(j.reason, ${builder.param(integer("arm ".length + 1))})) AS arm
      FROM journal AS j JOIN (SELECT unnest(${list(({ program }) => program)}) AS program, unnest(${list(({ id }) => id)}) AS step,
        unnest(${list(({ program, name }) => (isAlone(program) ? "" : `${name}: `))}) AS prefix) AS d
        ON d.program = j.program AND d.step = j.step
      WHERE j.outcome = 'chose' AND j.tick <= ${builder.now()}`;
  });
}

/** Segments that need no arguments, and who of the people is in each. */
async function fillSegments(
  turn: Turn,
  people: { readonly text: string; readonly params: Record<string, never> },
): Promise<void> {
  const { plan } = turn.engine;
  const segments = plan.segments.filter(({ id, name }) => id === name);
  const conditions = segments.map(({ id }, place) => ({
    name: `s${place}`,
    when: { kind: "in segment", segment: id } as const,
  }));
  await fill(turn, "report_segment", (builder) => {
    if (segments.length === 0)
      return "SELECT CAST(NULL AS VARCHAR) AS contact_id, CAST(NULL AS VARCHAR) AS segment WHERE false";
    const judged = builder.include(printConditions(plan, { kind: "contact", from: people }, conditions));
    const each = segments.map(
      ({ id }, place) => `CASE WHEN c.${quote(`s${place}`)} THEN ${builder.param(text(id))} END`,
    );
    return `SELECT u.contact_id, u.segment FROM (SELECT c.contact_id, unnest([${each.join(", ")}]) AS segment FROM (${judged}) AS c) AS u
      WHERE u.segment IS NOT NULL`;
  });
}
