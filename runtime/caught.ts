// Failures that were thrown to roll back a transaction come back as results.

import { Failed } from "./failures/failures.ts";
import type { Result } from "./ports.ts";

export async function caught<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failed) return { ok: false, failure: error.failure };
    throw error;
  }
}
