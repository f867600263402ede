// Times two ways of doing one thing in turn, so that a machine whose speed drifts treats both alike.

export interface Side {
  readonly name: string;
  /** Undoes what the last run left; not timed. */
  readonly before?: () => Promise<void>;
  readonly run: () => Promise<unknown>;
}
export interface Measured {
  readonly name: string;
  /** Median of the pairwise ratios, and the first and third quartile. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly medianMs: number;
  readonly baselineMs: number;
  readonly pairs: number;
}

function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}

async function timed(side: Side): Promise<number> {
  await side.before?.();
  const start = process.hrtime.bigint();
  await side.run();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** Runs `ours` and `baseline` in turn, after one warm-up of each; which goes first changes from pair to pair. */
export async function interleaved(name: string, ours: Side, baseline: Side, pairs = 15): Promise<Measured> {
  await timed(ours);
  await timed(baseline);
  const mine: number[] = [];
  const theirs: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const first = pair % 2 === 0 ? ours : baseline;
    const second = first === ours ? baseline : ours;
    const a = await timed(first);
    const b = await timed(second);
    mine.push(first === ours ? a : b);
    theirs.push(first === ours ? b : a);
  }
  const ratios = mine.map((ms, index) => ms / (theirs[index] ?? Number.NaN)).sort((a, b) => a - b);
  const sortedMine = [...mine].sort((a, b) => a - b);
  const sortedTheirs = [...theirs].sort((a, b) => a - b);
  return {
    name,
    ratio: quantile(ratios, 0.5),
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    medianMs: quantile(sortedMine, 0.5),
    baselineMs: quantile(sortedTheirs, 0.5),
    pairs,
  };
}

/** One row of a Markdown table; the head is `header`. */
export function row(measured: Measured, target: number): string {
  const { name, ratio, low, high, medianMs, baselineMs, pairs } = measured;
  const ms = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
  const spread = `${low.toFixed(2)} to ${high.toFixed(2)}`;
  return `| ${name} | ${ms(medianMs)} | ${ms(baselineMs)} | ${ratio.toFixed(2)} | ${spread} | ${pairs} | ${target} |`;
}

export const header = [
  "| what | ours, ms | baseline, ms | median ratio | middle half | pairs | target |",
  "|---|---|---|---|---|---|---|",
].join("\n");
