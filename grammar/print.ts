// Syntax tree to text, in the one canonical layout; comments keep their neighbours.

import type { Declaration, File } from "./ast/file.ts";
import * as d from "./print/declarations.ts";
import { quote } from "./print/flat.ts";
import { program } from "./print/programs.ts";
import { report, test } from "./print/suite.ts";
import { Writer } from "./print/writer.ts";
import { finder } from "./stretches.ts";

/**
 * The text of a file. Parsing it gives the same tree, and printing that the same text. What has mistakes stands as it
 * was written, byte for byte, between the declarations that have none.
 */
export function print(file: File): string {
  const { source, broken } = file;
  const near = finder(broken);
  const whole = file.declarations.filter(({ span }) => near(span).length === 0);
  if (broken.length > 0 && whole.length === 0) return source.text;
  const out = new Writer(file);
  let wasLong = false;
  const parts = [...whole, ...broken.map((span) => ({ kind: "broken" as const, span }))];
  parts.sort((one, other) => one.span.start - other.span.start);
  parts.forEach((part, index) => {
    const limit = parts[index + 1]?.span.start ?? Number.POSITIVE_INFINITY;
    const before = out.lines.length;
    if (part.kind === "broken") out.verbatim(part.span);
    else declaration(out, part, limit);
    wasLong = out.separate(before, wasLong);
  });
  out.ownLines(0, Number.POSITIVE_INFINITY);
  return out.lines.length === 0 ? "" : `${out.lines.join("\n")}\n`;
}

function declaration(out: Writer, node: Declaration, limit: number): void {
  const flat = oneLine(node);
  if (flat !== null) {
    out.line(0, flat, node.span.start, { to: node.span.end, limit });
    return;
  }
  switch (node.kind) {
    case "project":
      d.project(out, node, limit);
      break;
    case "contact":
    case "company":
    case "event":
      d.fields(out, node, limit);
      break;
    case "load":
      d.load(out, node, limit);
      break;
    case "vocabulary":
      d.vocabulary(out, node, limit);
      break;
    case "policy":
      d.policy(out, node, limit);
      break;
    case "segment":
      d.segment(out, node, limit);
      break;
    case "score":
      d.score(out, node, limit);
      break;
    case "funnel":
      d.funnel(out, node, limit);
      break;
    case "email":
      d.email(out, node, limit);
      break;
    case "program":
      program(out, node, limit);
      break;
    case "report":
      report(out, node, limit);
      break;
    case "test":
      test(out, node, limit);
      break;
  }
}

/** Declarations that are one line whatever they say; null for the others. */
function oneLine(node: Declaration): string | null {
  switch (node.kind) {
    case "use":
      return `use ${node.name.text}`;
    case "derived":
      return d.derived(node);
    case "list":
    case "team":
      return `${node.kind} ${node.name.text}${node.title === null ? "" : ` ${quote(node.title)}`}`;
    case "topic":
      return `topic ${node.name.text} ${quote(node.title)} ${node.consent}`;
    case "webhook":
      return `webhook ${node.name.text} ${quote(node.url)}`;
    case "renamed":
    case "renamed step":
    case "removed step":
      return d.moved(node);
    default:
      return null;
  }
}
