// Expectations: looked at in the world as it is, and where it is otherwise, what was seen.

import type { Atom } from "../../compiler/ir/atom.ts";
import type { Condition } from "../../compiler/ir/condition.ts";
import type { Step } from "../../compiler/ir/program.ts";
import type { TestClause, TestPerson } from "../../compiler/ir/test.ts";
import { builder } from "../../compiler/sql/builder.ts";
import { printConditions, printTerms } from "../../compiler/sql/print.ts";
import type { Sql } from "../../compiler/sql/sql.ts";
import { quote } from "../../compiler/sql/tables.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import { text } from "../engine/engine.ts";
import type { Cell, Instant, Message, Row } from "../ports.ts";
import { armPlaces } from "./test-draws.ts";
import type { ClauseOf } from "./test-facts.ts";
import { ask, askSql, type TestWorld } from "./test-world.ts";

export type Expectation = Extract<TestClause, { readonly kind: `expect ${string}` }>;
type Of<K extends Expectation["kind"]> = ClauseOf<K>;

/** What was seen instead, in words; null where it is as expected. */
export async function look(world: TestWorld, clause: Expectation, atoms: readonly Atom[]): Promise<string | null> {
  const seen = await lookAt(world, clause, atoms);
  const isGone = "person" in clause && world.forgotten.has(clause.person.id);
  return seen !== null && isGone && !keptOfForgotten.has(clause.kind) ? `${clause.person.name} was forgotten` : seen;
}

/** What went out to somebody who was forgotten since has gone out all the same. */
const keptOfForgotten: ReadonlySet<Expectation["kind"]> = new Set(["expect sent", "expect handed off"]);

async function lookAt(world: TestWorld, clause: Expectation, atoms: readonly Atom[]): Promise<string | null> {
  switch (clause.kind) {
    case "expect members":
      return lookAtMembers(world, clause);
    case "expect condition":
      return lookAtPerson(world, clause, atoms);
    case "expect mailed":
      return lookAtMailed(world, clause);
    case "expect sent":
      return lookAtMails(world, clause);
    case "expect arm":
      return lookAtArm(world, clause);
    case "expect handed off":
      return lookAtHandOffs(world, clause);
    case "expect in program":
    case "expect at":
    case "expect left":
    case "expect goal":
      return lookAtProgram(world, clause);
    default:
      return unreachable(clause);
  }
}

export function clockOf({ engine }: TestWorld, at: Instant): string {
  const [day = "", time = ""] = engine.calendar.wallClockOf(at).split("T");
  return `${day} ${time.slice(0, time.slice(5, 8) === ":00" ? 5 : 8)}`;
}

const mostNamed = 10;

function counted(count: number, names: readonly string[]): string {
  const shown = names.slice(0, mostNamed).join(", ");
  const rest = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : "";
  return names.length === 0 ? "nobody" : `${count}: ${shown}${rest}`;
}

async function lookAtMembers(world: TestWorld, { when, low, high }: Of<"expect members">): Promise<string | null> {
  const everybody = { kind: "contact", from: { text: quote("contact"), params: {} } } as const;
  const judged = printConditions(world.bench.plan, everybody, [{ name: "is_so", when }]);
  const rows = await askSql(world, {
    ...judged,
    text: `SELECT j.contact_id FROM (${judged.text}) AS j WHERE j.is_so ORDER BY j.contact_id`,
  });
  if (rows.length >= low && rows.length <= high) return null;
  return counted(
    rows.length,
    rows.map((row) => String(row.contact_id)),
  );
}

async function lookAtMailed(
  world: TestWorld,
  { email, variant, low, high }: Of<"expect mailed">,
): Promise<string | null> {
  const rows = await ask(
    world,
    (parts) => `SELECT DISTINCT contact_id FROM outbox WHERE state = 'sent' AND email = ${parts.param(text(email))}
        ${variant === null ? "" : `AND variant = ${parts.param(text(variant))}`} ORDER BY contact_id`,
  );
  const isMeantMail = (row: Row) => row.email === email && (variant === null || row.variant === variant);
  const gone = [...world.forgotten].flatMap(([key, { mails }]) => (mails.some(isMeantMail) ? [key] : []));
  const names = [...rows.map((row) => String(row.contact_id)), ...gone].toSorted();
  return names.length >= low && names.length <= high ? null : counted(names.length, names);
}

function alone({ id }: TestPerson): Sql {
  const parts = builder();
  return parts.finish(`(SELECT * FROM contact WHERE contact_id = ${parts.param(text(id))})`);
}

async function holds(world: TestWorld, person: TestPerson, conditions: readonly Condition[]): Promise<Row> {
  const named = conditions.map((when, index) => ({ name: `is_so_${index}`, when }));
  const [row] = await askSql(world, printConditions(world.bench.plan, { kind: "contact", from: alone(person) }, named));
  return row ?? {};
}

async function lookAtPerson(
  world: TestWorld,
  clause: Of<"expect condition">,
  atoms: readonly Atom[],
): Promise<string | null> {
  const { person, when, isNegated, asked } = clause;
  const row = await holds(world, person, [when]);
  if ((row.is_so_0 === true) !== isNegated) return null;
  if (asked && "type" in asked) {
    const printed = printTerms(world.bench.plan, { kind: "contact", from: alone(person) }, [
      { name: "seen", term: asked },
    ]);
    const [found] = await askSql(world, printed);
    const name = !("name" in asked) ? "it" : asked.kind === "field" ? asked.name : `${asked.kind} ${asked.name}`;
    return `${name} is ${cellText(world, found?.seen ?? null, asked.type.scalar.kind)}`;
  }
  if (!["in segment", "in list", "suppressed"].includes(when.kind)) return `it does not hold for ${person.name}`;
  const own = when.kind === "in segment" ? atoms.filter(({ segment }) => segment === nameOf(world, when.segment)) : [];
  const truths = await holds(
    world,
    person,
    own.map((atom) => atom.when),
  );
  const parts = own.map(
    (atom, index) => `\`${atom.text}\` ${truths[`is_so_${index}`] === true ? "holds" : "does not hold"}`,
  );
  const is = isNegated ? `${person.name} is in it` : `${person.name} is not in it`;
  return parts.length === 0 ? is : `${is}: ${parts.join(", ")}`;
}

function nameOf({ bench }: TestWorld, id: string): string {
  return bench.plan.segments.find((segment) => segment.id === id)?.name ?? id;
}

function cellText(world: TestWorld, cell: Cell, kind: string): string {
  if (cell === null) return "unknown";
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  if (kind === "datetime" && typeof cell === "number") return clockOf(world, cell);
  return Array.isArray(cell) ? `(${cell.join(", ")})` : String(cell);
}

/** Mails that went out to somebody, by a key, in order. */
export const mailsOf = (world: TestWorld, key: string): Promise<readonly Row[]> =>
  ask(
    world,
    (parts) => `SELECT send_id, email, variant, settled_at FROM outbox
      WHERE state = 'sent' AND contact_id = ${parts.param(text(key))} ORDER BY settled_at, send_id`,
  );

interface Mail {
  readonly at: Instant;
  readonly variant: string | null;
  readonly message: Message | undefined;
}

async function lookAtMails(world: TestWorld, clause: Of<"expect sent">): Promise<string | null> {
  const { person, email, times, isNegated } = clause;
  const sent = [...(world.forgotten.get(person.id)?.mails ?? []), ...(await mailsOf(world, person.id))];
  const rows = sent.filter((row) => row.email === email);
  const all = rows.map((row): Mail => {
    const variant = row.variant === null ? null : String(row.variant);
    return { at: Number(row.settled_at), variant, message: world.mailer.mails.get(String(row.send_id)) };
  });
  const meant = all.filter((mail) => isMeant(mail, clause));
  const isSo = times === null ? meant.length > 0 : meant.length === times;
  if (isSo !== isNegated) return null;
  return all.length === 0 ? await whyNotSent(world, clause) : all.map((mail) => mailText(world, mail)).join("; ");
}

const plain = (words: string): string => words.replaceAll(/\s+/g, " ").trim().toLowerCase();

function isMeant({ at, message, ...mail }: Mail, { variant, to, saying, on }: Of<"expect sent">): boolean {
  if (variant !== null && mail.variant !== variant) return false;
  if (on && (at < on.from || at >= on.until)) return false;
  if (to !== null && plain(message?.to ?? "") !== plain(to)) return false;
  return saying === null || plain(`${message?.subject}\n${message?.text}`).includes(plain(saying));
}

function mailText(world: TestWorld, { at, variant, message }: Mail): string {
  return `sent ${variant === null ? "" : `variant ${variant} `}${clockOf(world, at)} to ${message?.to}, “${message?.subject}”`;
}

/** Where the engine held the mail back, or still has it, it says so. */
async function whyNotSent(world: TestWorld, { person, email }: Of<"expect sent">): Promise<string> {
  const rows = await ask(
    world,
    (parts) => `SELECT outcome, reason, tick FROM journal WHERE contact_id = ${parts.param(text(person.id))}
      AND email = ${parts.param(text(email))}
        AND outcome IN ('skipped', 'delayed', 'failed') ORDER BY rowid`,
  );
  if (rows.length === 0) return "it was not sent";
  return rows.map((row) => `${row.outcome} ${clockOf(world, Number(row.tick))}: ${row.reason}`).join("; ");
}

/** Whether somebody is in a program as far as all has been judged. */
export async function isInside(world: TestWorld, { id }: TestPerson, program: string): Promise<boolean> {
  const rows = await ask(
    world,
    (parts) => `SELECT 1 AS found FROM positions AS p
      WHERE p.program = ${parts.param(text(program))} AND p.contact_id = ${parts.param(text(id))} LIMIT 1`,
  );
  return rows.length > 0;
}

async function lookAtProgram(
  world: TestWorld,
  clause: Of<"expect in program" | "expect at" | "expect left" | "expect goal">,
): Promise<string | null> {
  const { person } = clause;
  const rows = await ask(
    world,
    (parts) => `SELECT e.program, e.started_at, e.left_at, e.reason, e.goal_at, p.step, p.due
      FROM enrollment AS e LEFT JOIN positions AS p ON p.enrollment_id = e.enrollment_id
      WHERE e.contact_id = ${parts.param(text(person.id))} ORDER BY e.started_at, e.program`,
  );
  const program = clause.kind === "expect at" ? null : clause.program;
  const own = rows.filter((row) => program === null || row.program === program);
  const isInside = own.some((row) => row.left_at === null);
  const isSo = {
    "expect in program": () => isInside !== (clause.kind === "expect in program" && clause.isNegated),
    "expect at": () => clause.kind === "expect at" && own.some((row) => row.step === clause.step),
    "expect left": () => own.length > 0 && !isInside,
    "expect goal": () => own.some((row) => row.goal_at !== null),
  };
  if (isSo[clause.kind]()) return null;
  return own.length === 0
    ? await whyNotIn(world, person, program)
    : own.map((row) => whereIs(world, person, row)).join("; ");
}

async function lookAtArm(world: TestWorld, { person, arm, experiment }: Of<"expect arm">): Promise<string | null> {
  const places = armPlaces(world.bench.plan, experiment);
  const rows = await ask(
    world,
    (parts) => `SELECT program, step, reason, tick FROM journal
      WHERE contact_id = ${parts.param(text(person.id))} AND outcome = 'chose' ORDER BY rowid`,
  );
  const own = rows.filter((row) => places.some(({ program, step }) => program === row.program && step === row.step));
  if (own.some(({ reason }) => reason === `arm ${arm}`)) return null;
  if (own.length === 0) return `${person.name} came to no experiment`;
  return own
    .map((row) => {
      const title = stepOf(world, String(row.program), String(row.step))?.title ?? row.step;
      return `${person.name} got ${row.reason} of \`${title}\` ${clockOf(world, Number(row.tick))}`;
    })
    .join("; ");
}

export const handOffsOf = (world: TestWorld, key: string): Promise<readonly Row[]> =>
  ask(
    world,
    (parts) =>
      `SELECT team, program, note, "at" FROM handoff WHERE contact_id = ${parts.param(text(key))} ORDER BY rowid`,
  );

async function lookAtHandOffs(world: TestWorld, clause: Of<"expect handed off">): Promise<string | null> {
  const { person, team, isNegated } = clause;
  const rows = [...(world.forgotten.get(person.id)?.handOffs ?? []), ...(await handOffsOf(world, person.id))];
  if (rows.some((row) => row.team === team) !== isNegated) return null;
  if (rows.length === 0) return `${person.name} was handed off to nobody`;
  return rows
    .map((row) => {
      const note = row.note === null ? "" : `, “${row.note}”`;
      return `handed off to ${row.team} ${clockOf(world, Number(row.at))} by ${row.program}${note}`;
    })
    .join("; ");
}

async function whyNotIn(world: TestWorld, person: TestPerson, program: string | null): Promise<string> {
  const rows = await ask(
    world,
    (parts) => `SELECT program, reason, tick FROM journal WHERE contact_id = ${parts.param(text(person.id))}
      AND outcome = 'dropped' ORDER BY rowid`,
  );
  const own = rows.filter((row) => program === null || row.program === program);
  const never = `${person.name} never entered ${program ?? "a program"}`;
  const reasons = own.map((row) => `${clockOf(world, Number(row.tick))} ${row.program}: ${row.reason}`);
  return [never, ...reasons].join("; ");
}

function whereIs(world: TestWorld, { name }: TestPerson, row: Row): string {
  if (row.left_at !== null) {
    return `${name} left ${row.program} ${clockOf(world, Number(row.left_at))}: ${row.reason}`;
  }
  const step = stepOf(world, String(row.program), String(row.step));
  return `${name} is in ${row.program}, at \`${step?.title ?? row.step}\` until ${clockOf(world, Number(row.due))}`;
}

export function stepOf({ bench }: TestWorld, program: string, step: string): Step | undefined {
  const found = bench.plan.programs.find(({ name }) => name === program);
  return found?.steps.find(({ id }) => id === step);
}
