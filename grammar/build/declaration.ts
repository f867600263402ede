// Builds any declaration from its concrete tree.

import type { CstNode } from "chevrotain";
import type { Declaration } from "../ast/file.ts";
import { attempt, onlyChild, type Site } from "./cst.ts";
import * as d from "./declarations.ts";
import * as delivery from "./delivery.ts";
import { program } from "./programs.ts";
import { report, test } from "./suite.ts";

const builders: Readonly<Record<string, (node: CstNode, site: Site) => Declaration>> = {
  use: d.use,
  project: d.project,
  contact: d.contact,
  event: d.event,
  derived: d.derived,
  load: d.load,
  titled: d.titled,
  vocabulary: d.vocabulary,
  topic: d.topic,
  segment: d.segment,
  policy: delivery.policy,
  score: delivery.score,
  funnel: delivery.funnel,
  email: delivery.email,
  webhook: delivery.webhook,
  moved: delivery.moved,
  program,
  report,
  test,
};

/** The declaration of a `decl` node; null where recovery left not even its name. */
export function declaration(node: CstNode, site: Site): Declaration | null {
  return attempt(() => {
    const inner = onlyChild(node);
    return builders[inner.name]?.(inner, site) ?? null;
  });
}
