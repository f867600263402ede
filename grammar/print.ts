// Syntax tree to text, in the one canonical layout; comments keep their neighbours.

import type { Declaration, File } from "./ast/file.ts";
import * as d from "./print/declarations.ts";
import { quote } from "./print/flat.ts";
import { program } from "./print/programs.ts";
import { report, test } from "./print/suite.ts";
import { Writer } from "./print/writer.ts";

/**
 * The text of a file that was parsed without errors. Parsing it gives the same tree, and printing that the same text.
 * A file with a recovered declaration comes back as it is, since its tree has gaps.
 */
export function print(file: File): string {
  if (file.declarations.some((node) => node.recovered)) return file.source.text;
  const out = new Writer(file);
  let wasLong = false;
  file.declarations.forEach((node, index) => {
    const limit = file.declarations[index + 1]?.span.start ?? Number.POSITIVE_INFINITY;
    const before = out.lines.length;
    declaration(out, node, limit);
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
