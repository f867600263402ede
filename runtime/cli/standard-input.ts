// One file from standard input, alone or as a part of a project.

import { resolve } from "node:path";
import {
  emptyProject,
  failure,
  pathInProject,
  type ProjectFolder,
  readProject,
  type Result,
  withFile,
} from "../index.ts";
import type { Shell } from "./shell.ts";

export interface InputOptions {
  /** The folder that --project names; null where it was not given. */
  readonly project: string | null;
  readonly stdinPath?: string | undefined;
}

export interface InputFile {
  readonly folder: ProjectFolder;
  /** What findings call the file. */
  readonly path: string;
  /** Null where the bytes are no text; the folder says why. */
  readonly text: string | null;
}

/** The name of a text that has none. */
const nameless = "stdin.cdz";

/** The other files of the project are read where the project or the file's place in it is named. */
export async function readInput(shell: Shell, { project, stdinPath }: InputOptions): Promise<Result<InputFile>> {
  const isAlone = project === null && stdinPath === undefined;
  const read = isAlone ? null : readProject(resolve(shell.cwd, project ?? "."));
  // A project of no file but this one is fine.
  if (read && !read.ok && read.failure.code !== "F111") return read;
  const folder = read?.ok ? read.value : emptyProject(resolve(shell.cwd, project ?? "."));
  const path = stdinPath === undefined ? nameless : pathInProject(folder.root, resolve(shell.cwd, stdinPath));
  if (path === null) return { ok: false, failure: failure("F159", { path: stdinPath ?? null }) };
  const whole = withFile(folder, path, await inputBytes(shell));
  return {
    ok: true,
    value: { folder: whole, path, text: whole.sources.find((source) => source.path === path)?.text ?? null },
  };
}

export async function inputBytes({ streams }: Shell): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of streams.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
