// How the check and the formatter grow with the text: large projects, and texts made to be hard.

import { lex } from "../../grammar/lex.ts";
import { maxBytes } from "../../grammar/limits.ts";
import { parse } from "../../grammar/parse.ts";
import { compile, formatSource } from "../../runtime/index.ts";
import { bigProject } from "./big-project.ts";

/** The median of the processor times that `run` takes, in milliseconds, after one run to warm up: others use the machine too. */
function median(runs: number, run: () => void): number {
  run();
  const times = Array.from({ length: runs }, () => {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return times.toSorted((one, other) => one - other)[Math.floor(runs / 2)] ?? 0;
}

const shown = (ms: number): string => `${ms >= 10 ? Math.round(ms).toLocaleString("en-US") : ms.toFixed(1)} ms`;
const line = (...cells: readonly string[]) => console.log(`| ${cells.join(" | ")} |`);

line("what", "tokens", "processor time", "target");
line("---", "---", "---", "---");
for (const segments of [100, 1000, 10_000]) {
  const sources = bigProject(segments);
  const tokens = sources.reduce((sum, source) => sum + lex(source).tokens.length, 0);
  const errors = compile(sources).diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(errors.map(({ text }) => text).join("\n"));
  const ms = median(segments > 1000 ? 3 : 5, () => void compile(sources));
  const target = segments === 1000 ? "2,000 ms" : segments > 1000 ? "20,000 ms" : "";
  line(
    `check ${segments.toLocaleString("en-US")} segments and ${segments / 10} programs, warm`,
    tokens.toLocaleString("en-US"),
    shown(ms),
    target,
  );
}

const all = bigProject(1400)
  .map(({ text }) => text)
  .join("")
  .slice(0, 300_000);
const text = all.slice(0, all.lastIndexOf("\nsegment") + 1);
const wild = text.replaceAll("\n", " \n ");
line(
  `format ${Math.round(text.length / 1000)} kB`,
  lex({ path: "a.cdz", text }).tokens.length.toLocaleString("en-US"),
  shown(median(5, () => void formatSource({ path: "a.cdz", text: wild }))),
  "1,000 ms",
);

const hard: Readonly<Record<string, (size: number) => string>> = {
  "nested parentheses": (size) => `segment A where ${"(".repeat(size)}x${")".repeat(size)}`,
  "unclosed parentheses": (size) => `segment A where ${"(".repeat(size)}`,
  "nested blocks": (size) => `program p < ${"if x then < ".repeat(size)}stop${" >".repeat(size)} >`,
  "unclosed blocks": (size) => `program p < ${"if x then < ".repeat(size)}`,
  "unclosed blocks, a line each": (size) => "program p <\n".repeat(size),
  "closing brackets": (size) => ">".repeat(size),
  "broken declarations": (size) => "segment A where\n".repeat(size),
  "broken declarations among sound ones": (size) => "segment A where\nsegment B where x\n".repeat(size / 2),
  "open quotes": (size) => 'segment A where x = "\n'.repeat(size),
};
console.log("");
line("parse and format", "1,000", "10,000", "100,000");
line("---", "---", "---", "---");
for (const [name, make] of Object.entries(hard)) {
  const times = [1000, 10_000, 100_000].map((size) => {
    const source = { path: "a.cdz", text: make(size) };
    if (source.text.length > maxBytes) return "refused";
    const both = () => {
      parse(source);
      formatSource(source);
    };
    return shown(median(1, both));
  });
  line(name, ...times);
}
