import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Worker processes get slower with what they have done; tests that start processes of their own do not mind, so they come last. */
class OwnProcessesLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = order.findIndex((part) => moduleId.includes(part));
      return found >= 0 ? found : order.length;
    };
    return (await super.sort(files)).toSorted((left, right) => place(left) - place(right));
  }
}

/** Parts of paths, what takes longest first, so that nobody waits for it alone at the end; all others follow. */
const order = [
  "/test/simulator/",
  "/test/sim/golden",
  "/test/sql/source",
  "/test/sql/logic",
  "/test/why/",
  "/test/engine/",
  "/test/logic/",
  "/test/compiler/",
  "/test/cli/examples",
];

export default defineConfig({
  plugins: [
    {
      name: "packs are texts",
      load: (id) => (id.endsWith(".cdz") ? `export default ${JSON.stringify(readFileSync(id, "utf8"))}` : null),
    },
  ],
  test: {
    include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
    setupFiles: ["test/random.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests reach this machine alone, and reading further authorities takes longer than node needs to start.
    env: { NODE_EXTRA_CA_CERTS: "" },
    // One more than there are cores at the least, as some tests wait for processes of their own.
    maxWorkers: 3,
    sequence: { sequencer: OwnProcessesLast },
    // No test changes what its modules hold, so they are loaded once for all files of a worker.
    isolate: false,
    // What a worker holds grows, and is looked through less often where there is room for what does not last.
    execArgv: ["--max-semi-space-size=64"],
  },
});
