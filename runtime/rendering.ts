// From claimed rows of the outbox to messages: every email of the plan prepared once.

import type { Plan } from "../compiler/ir/plan.ts";
import type { Program } from "../compiler/ir/program.ts";
import type { Render } from "./engine/deliver.ts";
import type { OutboxRow } from "./engine/outbox.ts";
import { failure } from "./failures.ts";
import { templateFields } from "./mail/fields.ts";
import { loadRenderer, type PreparedEmail, type Renderer } from "./mail/render.ts";
import type { Instant, Message, Result } from "./ports.ts";

/** Events whose properties the program's mails can show as `event.…`. */
function startEvents(program: Program | undefined): readonly string[] {
  return (program?.triggers ?? []).flatMap((trigger) => (trigger.kind === "event" ? [trigger.event] : []));
}

type Prepared = Map<string, Result<PreparedEmail>>;

function preparedFor(row: OutboxRow, plan: Plan, renderer: Renderer, known: Prepared): Result<PreparedEmail> {
  const key = `${row.program} ${row.email}`;
  const ready = known.get(key);
  if (ready) return ready;
  const email = plan.emails.find(({ name }) => name === row.email);
  const events = startEvents(plan.programs.find(({ name }) => name === row.program));
  const made: Result<PreparedEmail> = email
    ? renderer.prepare(email, templateFields(plan.catalog, plan.derived, events))
    : { ok: false, failure: failure("F303", { email: row.email, reason: "it is not in the plan that is live" }) };
  known.set(key, made);
  return made;
}

function renderOne(row: OutboxRow, prepared: Result<PreparedEmail>, at: Instant): Result<Message> {
  if (!prepared.ok) return prepared;
  const { sendId, address, values, program, email } = row;
  const rendered = prepared.value.render({ sendId, to: address, at, values, tags: [program, email] });
  return rendered.ok ? { ok: true, value: rendered.value.message } : rendered;
}

/** Markdown and HTML are loaded at the first mail only. */
export function renderFor(plan: Plan): Render {
  const known: Prepared = new Map();
  let loading: Promise<Renderer> | null = null;
  return async (rows, at) => {
    loading ??= loadRenderer(plan.project);
    const renderer = await loading;
    return rows.map((row) => renderOne(row, preparedFor(row, plan, renderer, known), at));
  };
}
