// Large projects end in a plan or in one clear error, never in a hang or a full stack.

import { expect, test } from "vitest";
import { compileWithPrelude } from "./project.ts";

const many = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join("\n");

test("more than 50,000 declarations are refused in one error", () => {
  const { plan, diagnostics } = compileWithPrelude(many(50_001, (index) => `list l${index}`));
  expect(plan).toBeNull();
  expect(diagnostics.map(({ code }) => code)).toEqual(["E240"]);
});

test("a chain of 5,000 segments compiles, dependencies first", () => {
  const { plan } = compileWithPrelude(
    `${many(5_000, (index) => `segment S${index} where in S${index + 1}`)}\nsegment S5000 where vip is yes`,
  );
  expect(plan?.segments).toHaveLength(5_002);
});

test("a ring of 5,000 segments is one error", () => {
  const { diagnostics } = compileWithPrelude(
    many(5_000, (index) => `segment S${index} where in S${(index + 1) % 5_000}`),
  );
  expect(diagnostics.map(({ code }) => code)).toEqual(["E228"]);
});

test("parameters that are handed on through more than 64 segments are refused in one error", () => {
  const chain = (count: number) =>
    `${many(count - 1, (index) => `segment S${index}(d duration = 3d) where in S${index + 1}(d)`)}
     segment S${count - 1}(d duration = 3d) where purchased in d`;
  expect(compileWithPrelude(chain(64)).plan?.segments).toHaveLength(65);
  expect(compileWithPrelude(chain(5_000)).diagnostics.map(({ code }) => code)).toEqual(["E243"]);
});

test("a condition of 20,000 parts is judged in time that grows with its length", () => {
  const { plan } = compileWithPrelude(`segment A where ${many(20_000, () => "seats > 3").replaceAll("\n", " and ")}`);
  expect(plan).not.toBeNull();
}, 30_000);
