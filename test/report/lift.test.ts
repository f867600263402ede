// Intervals of differences, against figures that were published, and against what must hold of any.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { differenceOfMeans, differenceOfShares } from "../../runtime/engine/report/lift.ts";
import { runs } from "../random.ts";

describe("the difference of two shares", () => {
  // Newcombe 1998, table II: method 10.
  test.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1],
  ])("%i of %i against %i of %i", (did, people, otherDid, others, low, high) => {
    const found = differenceOfShares({ did, people }, { did: otherDid, people: others });
    expect(found?.difference).toBeCloseTo(did / people - otherDid / others, 12);
    expect(found?.low).toBeCloseTo(low, 4);
    expect(found?.high).toBeCloseTo(high, 4);
  });
  test("nobody on one side says nothing", () => {
    expect(differenceOfShares({ did: 0, people: 0 }, { did: 1, people: 2 })).toBeNull();
    expect(differenceOfShares({ did: 1, people: 2 }, { did: 0, people: 0 })).toBeNull();
  });
  test("lies in its interval, which turns round with its sides and never leaves -1 to 1", () => {
    const share = fc
      .integer({ min: 1, max: 5000 })
      .chain((people) => fc.record({ people: fc.constant(people), did: fc.integer({ min: 0, max: people }) }));
    fc.assert(
      fc.property(share, share, (one, other) => {
        const found = differenceOfShares(one, other);
        const turned = differenceOfShares(other, one);
        if (!found || !turned) throw new Error("both sides have people");
        expect(found.low).toBeLessThanOrEqual(found.difference + 1e-12);
        expect(found.high).toBeGreaterThanOrEqual(found.difference - 1e-12);
        expect(found.low).toBeGreaterThanOrEqual(-1 - 1e-9);
        expect(found.high).toBeLessThanOrEqual(1 + 1e-9);
        expect(turned.low).toBeCloseTo(-found.high, 9);
      }),
      { numRuns: runs(300) },
    );
  });
});

test("the difference of two means is as sure as their variances and numbers let it be", () => {
  const found = differenceOfMeans({ mean: 12, variance: 16, people: 64 }, { mean: 10, variance: 9, people: 36 });
  const reach = 1.959963984540054 * Math.sqrt(0.25 + 0.25);
  expect(found?.difference).toBe(2);
  expect(found?.low).toBeCloseTo(2 - reach, 12);
  expect(found?.high).toBeCloseTo(2 + reach, 12);
  expect(differenceOfMeans({ mean: 1, variance: 0, people: 1 }, { mean: 1, variance: 1, people: 9 })).toBeNull();
});
