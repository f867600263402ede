// The project's own settings.

import type { Project, ProjectSetting } from "../grammar/ast/declaration.ts";
import { diagnose } from "../grammar/diagnostics/table.ts";
import { weekdays } from "../grammar/words.ts";
import type { Report, Settings } from "./scope.ts";

/** ISO 4217's code for no currency. */
export const noCurrency = "XXX";

export const defaults: Settings = {
  name: "project",
  zone: "UTC",
  currency: noCurrency,
  // Money without a currency would be a second finding about a project that is missing.
  hasCurrency: true,
  isWhole: false,
  holidays: null,
  firstWeekday: 1,
  sender: null,
  postalAddress: null,
  seed: "project",
};

export function weekdayNumber(name: string): number {
  return weekdays.indexOf(name) + 1;
}

/** `ana@acme.example`, or `Ana from Acme <ana@acme.example>`. */
export function isSender(text: string): boolean {
  const address = /^[^<>]*<([^<>]*)>$/.exec(text.trim())?.[1] ?? text;
  return /^[^\s@<>]+@[^\s@<>]+$/.test(address.trim());
}

export function readSettings(node: Project, isZone: (name: string) => boolean, report: Report): Settings {
  const start: Settings = {
    ...defaults,
    name: node.name.text,
    seed: node.name.text,
    hasCurrency: node.recovered,
    isWhole: !node.recovered,
  };
  const seen = new Set<string>();
  let settings = start;
  for (const setting of node.settings) {
    if (seen.has(setting.kind)) report(diagnose("E801", setting.span, { setting: setting.kind }));
    seen.add(setting.kind);
    settings = { ...settings, ...readSetting(setting, isZone, report) };
  }
  if (!seen.has("time zone") && !node.recovered) report(diagnose("W803", node.name.span, {}));
  return settings;
}

function readSetting(setting: ProjectSetting, isZone: (name: string) => boolean, report: Report): Partial<Settings> {
  switch (setting.kind) {
    case "language":
      if (setting.value.value !== 1) report(diagnose("E802", setting.value.span, { found: setting.value.digits }));
      return {};
    case "currency":
      return { currency: setting.value.text, hasCurrency: true };
    case "first weekday":
      return { firstWeekday: weekdayNumber(setting.value.text) };
    case "time zone":
      if (isZone(setting.value.value)) return { zone: setting.value.value };
      report(diagnose("E319", setting.value.span, { found: setting.value.value }));
      return {};
    case "sender":
      if (!isSender(setting.value.value)) {
        report(diagnose("E804", setting.value.span, { found: setting.value.value }));
      }
      return { sender: setting.value.value };
    case "postal address":
      return { postalAddress: setting.value.value.trim() ? setting.value.value : null };
    case "seed":
      return { seed: setting.value.value };
    default:
      return { holidays: setting.value };
  }
}
