// A simulation of a project: the engine on a copy of its database, which stays as it is.

import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failure } from "../failures/failures.ts";
import type { Result } from "../ports.ts";
import { type SimulatedRequest, simulateOn, type Simulation } from "./simulated.ts";

export interface SimulationRequest extends SimulatedRequest {
  /** Folder of the project's state. Nothing in it is written. */
  readonly folder: string;
  /** Writes the database into a file that does not exist; absent: its own file is copied, which no engine may hold. */
  readonly copyTo?: (file: string) => Promise<Result<unknown>>;
  /** Called when the copy is made, so that an engine may run again. */
  readonly onCopied?: () => void;
}

/** Where statements meet few rows, a second thread costs more than it does. */
const smallBytes = 100_000_000;

/**
 * Simulates. The same request on the same database gives the same figures.
 *
 * @returns F116 where there is no database, F435 where an engine holds it, F436 and F442 where the time does not fit, F402 and
 * F403 where the plan cannot be applied, F441 where no copy can be place.
 */
export async function simulate(request: SimulationRequest): Promise<Result<Simulation>> {
  const { folder, copyTo, onCopied } = request;
  const path = join(folder, "cadenza.duckdb");
  if (!existsSync(path)) return { ok: false, failure: failure("F116", { path }) };
  const { copyFiles } = await import("../store/byte-copy.ts");
  const place = newPlace();
  if (place === null) return { ok: false, failure: failure("F441", { path, reason: `${tmpdir()} cannot be written` }) };
  try {
    const copy = join(place, "cadenza.duckdb");
    const copied = await (copyTo ? copyTo(copy) : copyFiles(path, copy));
    if (!copied.ok) return copied;
    onCopied?.();
    const isSmall = statSync(copy).size < smallBytes;
    return await simulateOn(copy, { ...(isSmall ? { threads: 1 } : {}), ...request });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function newPlace(): string | null {
  try {
    return mkdtempSync(join(tmpdir(), "cadenza-simulation-"));
  } catch {
    return null;
  }
}
