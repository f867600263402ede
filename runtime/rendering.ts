// From claimed rows of the outbox to messages: every email of the plan prepared once.

import { templatesOf, textOf } from "../compiler/ir/email.ts";
import type { EmailText, Plan } from "../compiler/ir/plan.ts";
import type { Program } from "../compiler/ir/program.ts";
import type { Render } from "./engine/deliver.ts";
import type { OutboxRow } from "./engine/outbox.ts";
import { failure } from "./failures.ts";
import { templateFields } from "./mail/fields.ts";
import { hasStyleSheet } from "./mail/layout.ts";
import type { Links } from "./mail/links.ts";
import { loadRenderer, type PreparedEmail, type Rendered, type Renderer } from "./mail/render.ts";
import type { Instant, Label, Result } from "./ports.ts";

/** Events whose properties the program's mails can show as `event.…`. */
function startEvents(program: Program | undefined): readonly string[] {
  return (program?.triggers ?? []).flatMap((trigger) => (trigger.kind === "event" ? [trigger.event] : []));
}

type Prepared = Map<string, Result<PreparedEmail>>;

function preparedFor(row: OutboxRow, plan: Plan, renderer: Renderer, known: Prepared): Result<PreparedEmail> {
  const key = JSON.stringify([row.program, row.email, row.variant]);
  const ready = known.get(key);
  if (ready) return ready;
  const text = textFor(row, plan);
  const events = startEvents(plan.programs.find(({ name }) => name === row.program));
  const made = text.ok ? renderer.prepare(text.value, templateFields(plan.catalog, plan.derived, events)) : text;
  known.set(key, made);
  return made;
}

function textFor({ email: name, variant }: OutboxRow, plan: Plan): Result<EmailText> {
  const email = plan.emails.find((candidate) => candidate.name === name);
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

/** Markdown and HTML are loaded at the first mail only. */
export function renderWholeFor(plan: Plan, links: Links | null): RenderWhole {
  const known: Prepared = new Map();
  let loading: Promise<Renderer> | null = null;
  return async (rows, at) => {
    loading ??= loadRenderer({ ...plan, links, hasStyles: plan.emails.flatMap(templatesOf).some(hasStyleSheet) });
    const renderer = await loading;
    return rows.map((row) => {
      const prepared = preparedFor(row, plan, renderer, known);
      if (!prepared.ok) return prepared;
      const { sendId, address, values } = row;
      return prepared.value.render({ sendId, to: address, at, values, labels: labelsOf(row) });
    });
  };
}

export function renderFor(plan: Plan, links: Links | null = null): Render {
  const render = renderWholeFor(plan, links);
  return async (rows, at) =>
    (await render(rows, at)).map((made) => (made.ok ? { ok: true, value: made.value.message } : made));
}
