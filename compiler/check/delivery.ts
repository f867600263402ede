// What surrounds programs: policies, teams, webhooks, topics, reports, and what was renamed or removed.

import type { Moved } from "../../grammar/ast/declaration.ts";
import type { Declaration } from "../../grammar/ast/file.ts";
import type { CheckedDelivery } from "../checked-delivery.ts";
import type { Report, Scope } from "../scope.ts";
import { checkMoves } from "./moved.ts";
import { checkTeam, checkTopicTitle, checkWebhook } from "./outlets.ts";
import { checkPolicies } from "./policy.ts";
import { checkReport } from "./report.ts";

/** `declarations`: those that the parser read whole. */
export function checkDelivery(scope: Scope, report: Report, declarations: readonly Declaration[]): CheckedDelivery {
  const of = <N extends { readonly recovered: boolean }>(nodes: ReadonlyMap<string, N>): readonly N[] =>
    [...nodes.values()].filter(({ recovered }) => !recovered);
  for (const topic of of(scope.topics)) checkTopicTitle(report, topic);
  return {
    policies: checkPolicies(scope, report, of(scope.policies)),
    teams: of(scope.teams).map(checkTeam),
    webhooks: of(scope.webhooks).map((node) => checkWebhook(report, node)),
    reports: of(scope.reports).map((node) => checkReport(scope, report, node)),
    moves: checkMoves(scope, report, declarations.filter(isMoved)),
  };
}

function isMoved(node: Declaration): node is Moved {
  return node.kind === "renamed" || node.kind === "renamed step" || node.kind === "removed step";
}
