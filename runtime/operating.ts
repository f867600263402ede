// What people do to programs by hand: pause and resume, try again, put somebody in or out; with who and when.

import type { Plan } from "../compiler/ir/plan.ts";
import { nearest } from "../compiler/similar.ts";
import type { Cadenza } from "./cadenza.ts";
import { caught } from "./caught.ts";
import { printActions, recordAction } from "./engine/actions.ts";
import { obey, pause, readPaused, resume } from "./engine/pauses.ts";
import { request } from "./engine/requests.ts";
import { retry } from "./engine/retrying.ts";
import { Failed, failure } from "./failures/failures.ts";
import { killSwitchOf, liftStop, stopAll } from "./kill-switch.ts";
import type { Action, ActRequest, PersonRequest, Retried, RetryRequest } from "./operated.ts";
import type { Clock, Database, Result, Session } from "./ports.ts";

/** F117 where there is no such program. */
function named({ programs }: Plan, asked: string): Result<readonly string[]> {
  const names = programs.map(({ name }) => name);
  if (asked === "all") return { ok: true, value: names };
  if (names.includes(asked)) return { ok: true, value: [asked] };
  return { ok: false, failure: failure("F117", { kind: "program", name: asked, near: nearest(asked, names) }) };
}

const nobody = "unknown";

/** What operating reaches. */
export interface Operated {
  readonly database: Database;
  readonly plan: Plan;
  readonly clock: Clock;
  /** Of the state; null: it is in memory alone, and nothing outside of it can stop everything. */
  readonly folder: string | null;
}

interface Done {
  readonly program: string;
  readonly by: string;
  readonly at: number;
}

async function pausePrograms({ database, plan, folder }: Operated, done: Done): Promise<Result<readonly string[]>> {
  const found = named(plan, done.program);
  if (!found.ok) return found;
  if (done.program === "all" && folder !== null) {
    const stop = stopAll(folder, done);
    await database.transaction((session) => obey(session, stop, found.value));
    return found;
  }
  await database.transaction(async (session) => {
    for (const name of found.value) await pause(session, name, done.at);
    await recordAction(session, { ...done, kind: "pause", program: programOf(done), contact: null });
  });
  return found;
}

/** The switch comes last: where the database fails, nothing goes on. */
async function resumePrograms({ database, plan, folder }: Operated, done: Done): Promise<Result<readonly string[]>> {
  const found = named(plan, done.program);
  if (!found.ok) return found;
  if (done.program !== "all" && folder !== null && killSwitchOf(folder)() !== null) {
    return { ok: false, failure: failure("F525", { program: done.program }) };
  }
  await database.transaction(async (session) => {
    for (const name of found.value) await resume(session, name);
    if (done.program === "all") {
      // No engine may have looked since.
      const stop = folder === null ? null : killSwitchOf(folder)();
      if (stop) await obey(session, stop, []);
      await obey(session, null, []);
    }
    await recordAction(session, { ...done, kind: "resume", program: programOf(done), contact: null });
  });
  if (done.program === "all" && folder !== null) liftStop(folder);
  return found;
}

const programOf = ({ program }: Done): string | null => (program === "all" ? null : program);

async function retryPrograms({ database, plan }: Operated, done: Done): Promise<Result<Retried>> {
  const found = named(plan, done.program);
  if (!found.ok) return found;
  const value = await database.transaction(async (session) => {
    await recordAction(session, { ...done, kind: "retry", program: programOf(done), contact: null });
    return retry(session, found.value, done.at);
  });
  return { ok: true, value };
}

async function askFor(
  { database, plan, folder }: Operated,
  kind: "enroll" | "eject",
  { contact, ...done }: Done & { readonly contact: string },
): Promise<Result<void>> {
  const { program } = done;
  const found = named(plan, program);
  if (!found.ok) return found;
  if (program === "all") return { ok: false, failure: failure("F117", { kind: "program", name: program, near: null }) };
  await database.transaction(async (session) => {
    const { isInside, isPaused } = await standing(session, contact, program);
    if (kind === "enroll" && (isPaused || (folder !== null && killSwitchOf(folder)() !== null))) {
      throw new Failed(failure("F520", { program }));
    }
    if (kind === "enroll" && isInside) throw new Failed(failure("F521", { contact, program }));
    if (kind === "eject" && !isInside) throw new Failed(failure("F522", { contact, program }));
    await request(session, { kind, program, contacts: [contact] });
    await recordAction(session, { ...done, kind, contact });
  });
  return { ok: true, value: undefined };
}

/** F118 where there is no such contact. */
async function standing(session: Session, contact: string, program: string) {
  const [row] = await session.run({
    text: `SELECT (SELECT count(*) FROM contact WHERE contact_id = $contact) AS people,
      (SELECT count(*) FROM enrollment WHERE contact_id = $contact AND program = $program AND left_at IS NULL) AS inside,
      (SELECT string_agg(program, ',') FROM paused) AS paused`,
    params: { contact: { kind: "text", value: contact }, program: { kind: "text", value: program } },
  });
  if (Number(row?.people) === 0) throw new Failed(failure("F118", { key: contact }));
  return { isInside: Number(row?.inside) > 0, isPaused: readPaused(row?.paused).has(program) };
}

async function actions(database: Database): Promise<readonly Action[]> {
  const rows = await database.run({ text: printActions, params: {} });
  return rows.map((row) => ({
    kind: String(row.kind) as Action["kind"],
    program: row.program === null ? null : String(row.program),
    contact: row.contact_id === null ? null : String(row.contact_id),
    by: String(row.acted_by),
    at: Number(row.at),
  }));
}

type Operating = Pick<Cadenza, "pause" | "resume" | "retry" | "enroll" | "eject" | "actions">;

export function operating(operated: Operated): Operating {
  const { database, clock } = operated;
  const doneBy = (program: string, { by, at }: ActRequest): Done => ({
    program,
    by: by || nobody,
    at: at ?? clock.now(),
  });
  const asked = (kind: "enroll" | "eject") => (wanted: PersonRequest) =>
    caught(() => askFor(operated, kind, { ...doneBy(wanted.program, wanted), contact: wanted.contact }));
  return {
    pause: (program, wanted = {}) => caught(() => pausePrograms(operated, doneBy(program, wanted))),
    resume: (program, wanted = {}) => caught(() => resumePrograms(operated, doneBy(program, wanted))),
    retry: (wanted: RetryRequest = {}) =>
      caught(() => retryPrograms(operated, doneBy(wanted.program ?? "all", wanted))),
    enroll: asked("enroll"),
    eject: asked("eject"),
    actions: () => caught(async () => ({ ok: true, value: await actions(database) })),
  };
}
