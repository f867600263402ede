// What `why` is asked about: a segment, a program or an email, by its name or with the kind in front of it.

import type { Plan } from "../compiler/ir/plan.ts";
import { failure } from "./failures/failures.ts";
import type { Result } from "./ports.ts";

export interface AskedWhy {
  readonly kind: "segment" | "program" | "email";
  readonly name: string;
}

const kinds = ["segment", "program", "email"] as const;

/** `words`: the name, or a kind and the name. F500 where several kinds have the name. A name that none has is a segment's. */
export function askedWhy(plan: Plan, words: readonly string[]): Result<AskedWhy> {
  const all = words.join(" ").trim();
  const [first = "", ...rest] = all.split(/\s+/);
  const kind = kinds.find((one) => one === first);
  if (kind && rest.length > 0) return { ok: true, value: { kind, name: all.slice(first.length).trim() } };
  const name = all.toLowerCase();
  const named = {
    segment: plan.segments.map((segment) => segment.name),
    program: plan.programs.map((program) => program.name),
    email: plan.emails.map((email) => email.name),
  };
  const found = kinds.filter((one) => named[one].some((other) => other.toLowerCase() === name));
  if (found.length > 1) return { ok: false, failure: failure("F500", { name: all, kinds: found }) };
  return { ok: true, value: { kind: found[0] ?? "segment", name: all } };
}
