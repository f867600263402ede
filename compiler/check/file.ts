// Files that a project names: they lie in its folder and can be read.

import { createHash } from "node:crypto";
import type { Text } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { SourceFile } from "../../grammar/span.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import type { Attachment } from "../ir/plan.ts";
import type { Report } from "../scope.ts";
import type { World } from "../world.ts";

/** A file to attach, with what it holds in base64. */
export interface Attached extends Attachment {
  readonly content: string;
}

/** null where there is no such text, which is reported. */
export function readText(world: World, report: Report, { value: path, span }: Text): SourceFile | null {
  const read = world.body(path);
  switch (read.kind) {
    case "text":
      return { path: read.path, text: read.text };
    case "outside":
      report(diagnose("E623", span, { path }));
      return null;
    case "missing":
      report(diagnose("E624", span, { path }));
      return null;
    case "unreadable":
    case "no text":
      report(diagnose("E625", span, { path, reason: read.reason }));
      return null;
    default:
      return unreachable(read);
  }
}

const mebibyte = 1024 * 1024;
/** Of all that one mail carries. Providers take 25 MB, in which three bytes take up four. */
const mostAttached = 16 * mebibyte;

/** Each file once; what cannot be attached is reported. A file need be no text for it. */
export function readAttachments(world: World, report: Report, paths: readonly Text[]): readonly Attached[] {
  const attached: Attached[] = [];
  let room = mostAttached;
  for (const { value: path, span } of paths) {
    const read = world.contents?.(path, mostAttached) ?? { kind: "missing" };
    switch (read.kind) {
      case "bytes":
        if (read.bytes.length > room) {
          const reason = `what a mail carries may take ${mostAttached / mebibyte} MiB in all`;
          report(diagnose("E629", span, { path, reason }));
        } else attached.push(attachedOf(path, read.bytes));
        room -= read.bytes.length;
        break;
      case "outside":
        report(diagnose("E623", span, { path }));
        break;
      case "missing":
        report(diagnose("E624", span, { path }));
        break;
      case "unreadable":
        report(diagnose("E629", span, { path, reason: read.reason }));
        break;
      default:
        unreachable(read);
    }
  }
  return attached;
}

function attachedOf(path: string, bytes: Uint8Array): Attached {
  const digest = createHash("sha256").update(bytes).digest("hex");
  const name = path.split("/").at(-1) ?? path;
  return { name, digest, size: bytes.length, content: Buffer.from(bytes).toString("base64") };
}
