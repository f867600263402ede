// npm run fuzz [INPUTS] [FIRST SEED]: a million mutants unless told otherwise, each also held to its share of time.

import { fuzzRunOf, seeds, usage } from "./arguments.ts";
import { judged } from "./judge.ts";
import { mutant, readCorpus } from "./mutants.ts";

const given = process.argv.slice(2);
if (given.some((word) => word === "--help" || word === "-h")) {
  process.stdout.write(usage);
  process.exit(0);
}
const asked = fuzzRunOf(given, Date.now());
if (asked === null) {
  process.stderr.write(usage);
  process.exit(2);
}
const { inputs, seed: first } = asked;
/** Processor time in milliseconds that a text may take: a second for each 100 kB, and as much as a small one needs at all. */
const allowed = (text: string): number => 1000 * Math.max(1, text.length / 100_000);

function processorTime(text: string): number {
  const start = process.cpuUsage();
  judged(text);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const corpus = readCorpus(["test/golden", "examples"]);
console.log(`${inputs.toLocaleString("en-US")} inputs from seed ${first}, made of ${corpus.length} declarations`);
let failed = 0;
let slowest = 0;
for (let count = 0; count < inputs && failed < 20; count++) {
  const seed = (first + count) % seeds;
  const text = mutant(seed, corpus);
  const start = performance.now();
  const wrong = judged(text);
  // Others use the machine too: what seems slow is measured again, by the processor's own time.
  const ms = performance.now() - start > allowed(text) ? processorTime(text) : performance.now() - start;
  slowest = Math.max(slowest, ms);
  const reason = wrong ?? (ms > allowed(text) ? `it takes ${Math.round(ms)} ms` : null);
  if (reason !== null) {
    failed++;
    console.log(`seed ${seed}: ${reason}\n${JSON.stringify(text)}\n`);
  }
  if ((count + 1) % 50_000 === 0) console.log(`${(count + 1).toLocaleString("en-US")} done, ${failed} failed`);
}
console.log(`${failed} failed; the slowest took ${Math.round(slowest)} ms`);
process.exit(failed > 0 ? 1 : 0);
