// Large projects end in a plan or in one clear error, never in a hang or a full stack.

import { describe, expect, test } from "vitest";
import { isError } from "../../grammar/diagnostics/table.ts";
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

describe("derived fields that read one another", () => {
  const chain = (last: string, next: (index: number) => string, count = 5_000) =>
    many(count, (index) => `derived d${index} = ${index === count - 1 ? last : next(index + 1)}`);
  const errors = (text: string) =>
    compileWithPrelude(text)
      .diagnostics.filter(isError)
      .map(({ code }) => code);
  test.each([
    ["stand for one another", "seats", (next: number) => `d${next}`, "d0 > 3"],
    ["stand for a choice", "small when vip is yes", (next: number) => `d${next}`, "d0 = small"],
    ["come round with one another", "joined", (next: number) => `anniversary of d${next}`, "d0 = today"],
    ["choose by one another", "yes_it_is when vip is yes", (next: number) => `a when d${next} is known`, "d0 = a"],
  ])("and %s do so through 64, and no more", (_, last, next, asked) => {
    const project = (count: number) => `${chain(last, next, count)}\nsegment A where ${asked}`;
    expect(compileWithPrelude(project(64)).plan?.derived).toHaveLength(64);
    expect(errors(project(65))).toEqual(["E370"]);
    expect(errors(project(5_000))).toEqual(["E370"]);
  });
  test("and many times are refused before they grow", () => {
    const doubled = (count: number) => chain("seats", (next) => `first known of (d${next}, d${next})`, count);
    expect(errors(doubled(12))).toEqual([]);
    expect(errors(doubled(40))).toEqual(["E370"]);
  });
  test("in a ring are one error", () => {
    expect(errors(chain("d0", (next) => `d${next}`))).toEqual(["E228"]);
    expect(errors(chain("first known of (d0, role)", (next) => `a when d${next} is known`))).toEqual(["E228"]);
  });
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
