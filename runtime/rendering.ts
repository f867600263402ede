// From claimed rows of the outbox to messages: every email of the plan prepared once.

import { templatesOf, textOf } from "../compiler/ir/email.ts";
import type { EmailText, Plan } from "../compiler/ir/plan.ts";
import type { Program } from "../compiler/ir/program.ts";
import { type FindFiles, filesOf } from "./engine/attachments.ts";
import type { Render } from "./engine/deliver.ts";
import type { OutboxRow } from "./engine/outbox.ts";
import { failure } from "./failures/failures.ts";
import { templateFields } from "./mail/fields.ts";
import { hasStyleSheet } from "./mail/layout.ts";
import type { Links } from "./mail/links.ts";
import { loadRenderer, type PreparedEmail, type Rendered, type Renderer } from "./mail/render.ts";
import type { Instant, Label, MailFile, Result, Session } from "./ports.ts";

/** Events whose properties the program's mails can show as `event.…`. */
function startEvents(programs: readonly Program[]): readonly string[] {
  const triggers = programs.flatMap((program) => program.triggers);
  return [...new Set(triggers.flatMap((trigger) => (trigger.kind === "event" ? [trigger.event] : [])))];
}

interface Prepared extends PreparedEmail {
  readonly files: readonly MailFile[];
}

interface Room {
  readonly plan: Plan;
  readonly renderer: Renderer;
  readonly find: FindFiles;
  readonly known: Map<string, Result<Prepared>>;
}

async function preparedFor(row: OutboxRow, room: Room): Promise<Result<Prepared>> {
  const key = JSON.stringify([row.program, row.textName, row.variant]);
  const made = room.known.get(key) ?? (await prepare(row, room));
  room.known.set(key, made);
  return made;
}

async function prepare(row: OutboxRow, { plan, renderer, find }: Room): Promise<Result<Prepared>> {
  const text = textFor(row, plan);
  if (!text.ok) return text;
  const events = startEvents(plan.programs.filter(({ name }) => name === row.program));
  const made = renderer.prepare(text.value, templateFields(plan.catalog, plan.derived, events));
  if (!made.ok) return made;
  const files = await find(row.email, text.value.attachments);
  return files.ok ? { ok: true, value: { ...made.value, files: files.value } } : files;
}

function textFor({ email: name, textName, variant }: OutboxRow, plan: Plan): Result<EmailText> {
  const found = plan.emails.find((candidate) => candidate.name === textName);
  const email = found && { ...found, name };
  const text = email && textOf(email, variant);
  if (text) return { ok: true, value: text };
  const missing = email ? `its variant ${variant}` : "it";
  return { ok: false, failure: failure("F303", { email: name, reason: `${missing} is not in the plan that is live` }) };
}

function labelsOf({ program, email, variant }: OutboxRow): readonly Label[] {
  const own: readonly Label[] = [
    { name: "program", value: program },
    { name: "email", value: email },
  ];
  return variant === null ? own : [...own, { name: "variant", value: variant }];
}

/** As `renderFor` does, with the names of placeholders that had no value. */
export type RenderWhole = (rows: readonly OutboxRow[], at: Instant) => Promise<readonly Result<Rendered>[]>;

/** Markdown and HTML are loaded at the first mail only. `session`: where files lie that the plan has no more. */
export function renderWholeFor(plan: Plan, links: Links | null, session: Session | null = null): RenderWhole {
  let loading: Promise<Room> | null = null;
  const load = async (): Promise<Room> => {
    const hasStyles = plan.emails.flatMap(templatesOf).some(hasStyleSheet);
    const renderer = await loadRenderer({ ...plan, links, hasStyles });
    return { plan, renderer, find: filesOf(plan, session), known: new Map() };
  };
  return async (rows, at) => {
    loading ??= load();
    const room = await loading;
    const made: Result<Rendered>[] = [];
    for (const row of rows) {
      const prepared = await preparedFor(row, room);
      made.push(prepared.ok ? rendered(prepared.value, row, at) : prepared);
    }
    return made;
  };
}

function rendered({ files, render }: Prepared, row: OutboxRow, at: Instant): Result<Rendered> {
  const { sendId, address, values } = row;
  const made = render({ sendId, to: address, at, values, labels: labelsOf(row) });
  if (!made.ok || files.length === 0) return made;
  return { ok: true, value: { ...made.value, message: { ...made.value.message, files } } };
}

export function renderFor(plan: Plan, links: Links | null = null, session: Session | null = null): Render {
  const render = renderWholeFor(plan, links, session);
  return async (rows, at) =>
    (await render(rows, at)).map((made) => (made.ok ? { ok: true, value: made.value.message } : made));
}
