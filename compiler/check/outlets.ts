// Teams, webhooks and topics: who takes hand-offs, where calls go, and what people agree to.

import type { Team, Topic, Webhook } from "../../grammar/ast/declaration.ts";
import type { Fix } from "../../grammar/diagnostics/entry.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { CheckedTeam, CheckedWebhook } from "../checked-delivery.ts";
import { replace, suggested } from "../fixes.ts";
import type { Report } from "../scope.ts";

export function checkTeam({ name, title }: Team): CheckedTeam {
  return { name: name.text, title: title?.value ?? null };
}

export function checkWebhook(report: Report, { name, url }: Webhook): CheckedWebhook {
  const reason = refusalOf(url.value);
  if (reason !== null) {
    const secure = url.value.replace(/^http:/i, "https:");
    const isMended = secure !== url.value && refusalOf(secure) === null;
    const fixes: readonly Fix[] = isMended ? [suggested(`Write \`${secure}\``, replace(url.span, `"${secure}"`))] : [];
    report(diagnose("E712", url.span, { found: url.value, reason }, { fixes }));
  }
  return { name: name.text, url: url.value };
}

const ownHosts: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Why nothing is ever sent there; null where it may be. */
function refusalOf(text: string): string | null {
  if (!URL.canParse(text)) return "it is not a web address";
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return `it starts with \`${url.protocol}\``;
  if (url.username !== "" || url.password !== "")
    return "it holds a name or a password, which everybody could read here";
  if (url.protocol === "http:" && !ownHosts.has(url.hostname)) return "on its way everybody could read along";
  return null;
}

export function checkTopicTitle(report: Report, { name, title }: Topic): void {
  if (title.value.trim() === "") report(diagnose("E713", title.span, { name: name.text }));
}
