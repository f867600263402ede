// Findings of every sort, about a project whose names and texts are hard on a format.

import type { Diagnostic } from "../../grammar/diagnostics/entry.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Findings } from "../../runtime/findings/findings.ts";
import { compile } from "../../runtime/index.ts";

const sources = [
  {
    path: "project.cdz",
    text: `project shop < time zone "UTC"  currency EUR  sender "A <a@a.example>"  postal address "Street 1" >
contact < id text key  email email  role one of (user, boss)? >
topic news "News" opt out
`,
  },
  {
    path: "mail lists/a & b #1, 100%: \u00fc.cdz",
    text: `segment Bosses where role = "boss" and seats => 3
segment Quiet where not opened in 90d
segment Lately where opened in 3m
email hello < subject "Hi <there> & \u{1f600}, {{ nmae }}"  text "x"  topic news >
email late <
  subject "Late"
`,
  },
  { path: "fine.cdz", text: "segment Everybody where everyone\n" },
];
const { diagnostics, sources: texts } = compile(sources);

const hint: Diagnostic = {
  code: "W999",
  severity: "hint",
  span: { file: "fine.cdz", start: 8, end: 17 },
  text: 'A hint with "quotes", a tab \t, a \u001b escape, \u0000 and \ud800.',
  why: "",
  fixes: [],
  related: [],
  example: null,
};
const unread = diagnose("E150", { file: "locked.cdz", start: 0, end: 0 }, { what: "file", reason: "EACCES" });

export const sample: Findings = {
  diagnostics: [unread, ...diagnostics, hint],
  sources: texts,
  files: sources.map(({ path }) => path),
  folder: "shops/my shop/",
  failLevel: "error",
  version: "1.2.3",
};
