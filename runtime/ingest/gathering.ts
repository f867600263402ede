// Many small writings as few large ones: what comes in while one is being committed is committed together behind it.

import { Failed } from "../failures/failures.ts";

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export interface GatheringRequest<T, R> {
  /** Most items in one writing. */
  readonly most: number;
  /** Most that may wait. */
  readonly mostWaiting: number;
  /** A result for each item, in the same order. */
  readonly write: (items: readonly T[]) => Promise<readonly R[]>;
}

/** null where too many wait already. */
export type Gathering<T, R> = (item: T) => Promise<R> | null;

export function gathering<T, R>({ most, mostWaiting, write }: GatheringRequest<T, R>): Gathering<T, R> {
  const waiting: Waiting<T, R>[] = [];
  let isWriting = false;
  const writeAll = async () => {
    isWriting = true;
    while (waiting.length > 0) await writeOut(waiting.splice(0, most), write);
    isWriting = false;
  };
  return (item) => {
    if (waiting.length >= mostWaiting) return null;
    const written = new Promise<R>((resolve, reject) => waiting.push({ item, resolve, reject }));
    if (!isWriting) void writeAll();
    return written;
  };
}

async function writeOut<T, R>(batch: readonly Waiting<T, R>[], write: GatheringRequest<T, R>["write"]): Promise<void> {
  try {
    const results = await write(batch.map(({ item }) => item));
    batch.forEach(({ resolve }, index) => {
      resolve(results[index] as R);
    });
  } catch (error) {
    // Where the world fails it fails for all; a mistake of ours may lie in one item, and must not take the others along.
    if (error instanceof Failed || batch.length === 1) for (const { reject } of batch) reject(error);
    else for (const one of batch) await writeOut([one], write);
  }
}
