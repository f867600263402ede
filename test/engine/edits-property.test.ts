// Rule 24 on random edits of random programs with people inside: nobody is lost, doubled or mailed twice; who follows stands
// where a naive reckoning says, and who finishes an earlier version sees just what they would have seen without the edits.

import fc from "fast-check";
import { expect, test } from "vitest";
import { applyPlan } from "../../runtime/engine/apply.ts";
import { deliver } from "../../runtime/engine/deliver.ts";
import { tick } from "../../runtime/engine/tick.ts";
import { renderFor } from "../../runtime/rendering.ts";
import { runs } from "../random.ts";
import { brokenLaws } from "../simulator/laws.ts";
import { codeOf, valueFrom } from "../support/scratch.ts";
import { fakeMailer } from "./mailers.ts";
import { at, clockOf, openWorld, planOf, type World, worldOf } from "./world.ts";

const start = at("2026-03-02");
const halfDay = 12 * 3_600_000;
const instants = 24;
const clock = (index: number) => clockOf(start + index * halfDay);

/** A step by what its identity is made of. */
interface Line {
  readonly label: string | null;
  readonly kind: string;
  readonly text: string;
}

const kinds = [
  ["send:m0", "send m0"],
  ["send:m1", "send m1"],
  ["send:m2", "send m2"],
  ["wait:1d", "wait 1d"],
  ["wait:2d", "wait 2d"],
  ["wait:30h", "wait 30h"],
  ["wait up to", "wait up to 2d until purchased"],
  ["wait until:09:00", "wait until 09:00"],
  ["if", "if seats >= 5 then < set seats add 1 >"],
  ["split", 'split < arm 40% < set tags add "a" > arm 60% < set tags add "b" > >'],
] as const;

interface Version {
  readonly program: string;
  readonly lines: readonly Line[];
  /** Of the texts of mails. */
  readonly mark: number;
  readonly moves: readonly string[];
}

const sourceOf = ({ program, lines, mark, moves }: Version, edits: string) => `
  program ${program} < start when signed_up  ${edits}
    ${lines.map(({ label, text }) => (label === null ? text : `${text} as ${label}`)).join("\n    ")}
  >
  ${[0, 1, 2].map((n) => `email m${n} < subject "m${n} of ${mark}"  text "Hello"  topic tips >`).join("\n")}
  ${moves.join("\n")}`;

/** What an edit does, by numbers that are drawn before it is known what they are applied to. */
const edit = fc.record({
  what: fc.constantFrom("insert", "delete", "delete", "label", "relabel", "remove", "rewrite", "retext", "rename"),
  where: fc.nat(20),
  kind: fc.nat(kinds.length - 1),
  isExit: fc.boolean(),
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(version: Version, { what, where, kind, isExit }: Edit, fresh: string): Version {
  const { lines, program } = version;
  const index = where % Math.max(1, lines.length);
  const [line] = lines.slice(index);
  const labelled = lines.filter(({ label }) => label !== null);
  const [id, text] = kinds[kind] ?? kinds[0];
  const replaced = (by: readonly Line[]) => [...lines.slice(0, index), ...by, ...lines.slice(index + 1)];
  const label = line?.label ?? null;
  switch (what) {
    case "insert":
      return { ...version, lines: [...lines.slice(0, index), { label: null, kind: id, text }, ...lines.slice(index)] };
    case "delete":
      return lines.length > 2 ? { ...version, lines: replaced([]) } : version;
    case "label":
      return line && label === null ? { ...version, lines: replaced([{ ...line, label: fresh }]) } : version;
    case "relabel":
      return line && label !== null
        ? {
            ...version,
            lines: replaced([{ ...line, label: fresh }]),
            moves: [...version.moves, `renamed step PROGRAM.${label} to ${fresh}`],
          }
        : version;
    case "remove": {
      const target = labelled.find((other) => other !== line)?.label;
      const end = isExit || target == null ? "exit" : `continue at ${target}`;
      return line && label !== null && lines.length > 2
        ? { ...version, lines: replaced([]), moves: [...version.moves, `removed step PROGRAM.${label} ${end}`] }
        : version;
    }
    case "rewrite":
      return line && label !== null ? { ...version, lines: replaced([{ label, kind: id, text }]) } : version;
    case "retext":
      return { ...version, mark: version.mark + 1 };
    default:
      return { ...version, program: fresh, moves: [...version.moves, `renamed program ${program} to ${fresh}`] };
  }
}

const written = (version: Version, edits: string) =>
  planOf(sourceOf(version, edits).replaceAll("PROGRAM", version.program));

const scenario = fc.record({
  lines: fc.array(fc.record({ kind: fc.nat(kinds.length - 1), isLabelled: fc.boolean() }), {
    minLength: 4,
    maxLength: 8,
  }),
  edits: fc.array(
    fc.record({ when: fc.integer({ min: 2, max: 12 }), edits: fc.array(edit, { minLength: 1, maxLength: 3 }) }),
    { minLength: 2, maxLength: 4 },
  ),
  people: fc.array(
    fc.record({ start: fc.nat(8), buys: fc.option(fc.nat(12)), seats: fc.integer({ min: 0, max: 9 }) }),
    { minLength: 5, maxLength: 5 },
  ),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** The versions of a scenario, the first one first, each with the place in time at which it is applied. */
function versionsOf({ lines, edits }: Scenario): readonly (Version & { readonly when: number })[] {
  const first: Version = {
    program: "p",
    lines: lines.map(({ kind, isLabelled }, index) => {
      const [id, text] = kinds[kind] ?? kinds[0];
      return { label: isLabelled ? `first_${index}` : null, kind: id, text };
    }),
    mark: 0,
    moves: [],
  };
  const found = [{ ...first, when: 0 }];
  let version = first;
  for (const [index, { when, edits: drawn }] of edits.toSorted((a, b) => a.when - b.when).entries()) {
    for (const [place, one] of drawn.entries()) version = edited(version, one, `fresh_${index}_${place}`);
    found.push({ ...version, when });
  }
  return found;
}

async function begun({ people }: Scenario, source: string): Promise<World> {
  const world = await worldOf(source);
  for (const [index, { start: from, buys, seats }] of people.entries()) {
    await world.person(`p${index}`, { seats });
    await world.happen("signed_up", `p${index}`, clock(from));
    if (buys !== null) await world.happen("purchased", `p${index}`, clock(buys));
  }
  await world.apply("2026-03-01");
  return world;
}

/** One instant: the tick, and all that it promised handed over. Gives the mails, in words. */
async function judge(world: World, index: number): Promise<readonly string[]> {
  const engine = world.engine();
  const now = start + index * halfDay;
  valueFrom(await tick(engine, now));
  const mailer = fakeMailer(undefined, { delivers: true });
  await deliver({ engine, mailer, render: renderFor(engine.inside), now });
  return mailer.accepted.map(({ to, subject, sendId }) => `${clock(index)} ${to} ${subject} ${sendId}`);
}

const unlabelledIds = (lines: readonly Line[]): readonly string[] => {
  const counts = new Map<string, number>();
  return lines.map(({ kind }) => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return `${kind}:${counts.get(kind)}`;
  });
};

interface Place {
  readonly step: string;
  readonly due: number;
}

/** Where somebody of the version `live` stands in a new one; null: nowhere. */
function reckoned({ step, due }: Place, live: Version, next: Version, now: number): Place | null {
  const ids = unlabelledIds(next.lines);
  const labels = next.lines.map(({ label }) => label);
  let name: string = step;
  for (const move of next.moves) {
    const [, from, to] = /^renamed step \w+\.(\w+) to (\w+)$/.exec(move) ?? [];
    if (from === name && to !== undefined) name = to;
  }
  if (next.moves.some((move) => move.startsWith(`removed step PROGRAM.${name} `))) return { step: name, due: now };
  if (next.lines.some((line, index) => (line.label ?? ids[index]) === name)) return { step: name, due };
  const label = labels[ids.indexOf(name)];
  // A label that another step had, under this name or a former one, is that step's.
  const isTaken =
    live.lines.some((line) => line.label === label) || next.moves.some((move) => move.endsWith(` to ${label}`));
  return label == null || isTaken ? null : { step: label, due };
}

const positions = "SELECT contact_id, step, epoch_ms(due) AS due FROM positions ORDER BY ALL";
const everything = ["journal", "enrollment", "positions", "outbox", "applied", "trigger_state"];
const state = (world: World) =>
  Promise.all(everything.map((table) => world.rows(`SELECT * FROM ${table} ORDER BY ALL`)));

test("who follows an edit stands where a naive reckoning says, or the edit is refused and nothing changes", async () => {
  let [moved, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(scenario, async (drawn) => {
      const [first, ...later] = versionsOf(drawn);
      if (!first) return;
      const world = await begun(drawn, sourceOf(first, ""));
      let live: Version = first;
      let isOver = false;
      for (let index = 0; index < instants; index++) {
        for (const next of later.filter(({ when }) => when === index)) {
          if (isOver) break;
          const now = start + index * halfDay - halfDay / 2;
          const before = await world.rows(positions);
          const places = before.map((row) =>
            reckoned({ step: String(row.step), due: Number(row.due) }, live, next, now),
          );
          const kept = await state(world);
          const result = await applyPlan(world.database, written(next, ""), now);
          if (places.includes(null)) {
            expect(codeOf(result)).toBe("F402");
            expect(await state(world)).toEqual(kept);
            // What the next versions say of the names of this one would be about what was never live.
            isOver = true;
            refused++;
            continue;
          }
          expect(result.ok ? "fine" : `${result.failure.text}`).toBe("fine");
          await world.apply(clockOf(now), written(next, ""));
          expect(await world.rows(positions)).toEqual(before.map((row, n) => ({ ...row, ...places[n] })));
          moved += before.length;
          live = next;
        }
        await judge(world, index);
      }
      expect(await world.rows(brokenLaws)).toEqual([]);
      expect(await world.rows("SELECT count(*) AS n, count(DISTINCT contact_id) AS people FROM enrollment")).toEqual([
        { n: 5, people: 5 },
      ]);
      expect(
        await world.rows("SELECT send_id FROM outbox GROUP BY enrollment_id, step, send_id HAVING count(*) > 1"),
      ).toEqual([]);
    }),
    { numRuns: runs(5), endOnFailure: true },
  );
  expect([moved > 0, refused > 0]).toEqual([true, true]);
}, 280_000);

test("who finishes the version that they entered sees what they would have seen without the edits", async () => {
  let finished = 0;
  await fc.assert(
    fc.asyncProperty(scenario, fc.boolean(), async (drawn, isGone) => {
      const [first, ...later] = versionsOf(drawn);
      if (!first) return;
      const source = sourceOf(first, "edits pin");
      const [edited, left] = [await begun(drawn, source), await begun(drawn, source)];
      const firstEdit = Math.min(...later.map(({ when }) => when));
      const seen: Record<"edited" | "left", string[]> = { edited: [], left: [] };
      for (let index = 0; index < instants; index++) {
        for (const next of later.filter(({ when }) => when === index)) {
          const now = clockOf(start + index * halfDay - halfDay / 2);
          await edited.apply(now, written(next, "edits pin"));
        }
        if (isGone && index === 13)
          await edited.apply(clock(index), planOf("program other < start when purchased  wait 1d >"));
        seen.edited.push(...(await judge(edited, index)));
        seen.left.push(...(await judge(left, index)));
      }
      const early = drawn.people.flatMap(({ start: from }, index) => (from < firstEdit ? [`p${index}`] : []));
      finished += early.length;
      const own = (mails: readonly string[]) => mails.filter((mail) => early.some((id) => mail.includes(` ${id}@`)));
      expect(own(seen.edited)).toEqual(own(seen.left));
      const story = `SELECT contact_id, epoch_ms(tick) AS tick, seq, outcome, reason, epoch_ms(due) AS due FROM journal
        WHERE seq > 0 AND contact_id IN (${["", ...early].map((id) => `'${id}'`).join(", ")}) ORDER BY ALL`;
      expect(await edited.rows(story)).toEqual(await left.rows(story));
      expect(
        await edited
          .rows("SELECT seats, tags FROM contact ORDER BY contact_id")
          .then((rows) => rows.filter((_, n) => early.includes(`p${n}`))),
      ).toEqual(
        await left
          .rows("SELECT seats, tags FROM contact ORDER BY contact_id")
          .then((rows) => rows.filter((_, n) => early.includes(`p${n}`))),
      );
      const versions = await edited.rows(`SELECT DISTINCT j.version FROM journal AS j
        WHERE seq > 0 AND contact_id IN (${["", ...early].map((id) => `'${id}'`).join(", ")}) AND tick > (SELECT min("at") FROM applied WHERE version = 2)`);
      expect(versions.every(({ version }) => version === 1) || isSameAsFirst(first, later)).toBe(true);
      expect(await edited.rows(brokenLaws)).toEqual([]);
    }),
    { numRuns: runs(2), endOnFailure: true },
  );
  expect(finished).toBeGreaterThan(0);
}, 280_000);

/** An edit that changes nothing pins nobody, so that people run under a newer version that says the same. */
const isSameAsFirst = (first: Version, later: readonly Version[]): boolean =>
  later.some((version) => sourceOf(version, "") === sourceOf(first, ""));

test("another layout of a program with people inside is no new version", async () => {
  await fc.assert(
    fc.asyncProperty(
      scenario,
      fc.array(fc.constantFrom(" ", "\n", "\n\t  ", " # a word\n"), { minLength: 9 }),
      async (drawn, gaps) => {
        const [first] = versionsOf(drawn);
        if (!first) return;
        const source = sourceOf(first, "edits pin");
        const world = await begun(drawn, source);
        await judge(world, 3);
        const kept = await state(world);
        let gap = 0;
        // Texts in quotes keep their blanks.
        const laid = source.replaceAll(/"[^"]*"|\s+/g, (part) =>
          part.startsWith('"') ? part : (gaps[gap++ % gaps.length] ?? " "),
        );
        const result = valueFrom(await applyPlan(world.database, planOf(laid), start + 2 * halfDay));
        expect(result).toMatchObject({ isNew: false, version: 1 });
        expect(await state(world)).toEqual(kept);
      },
    ),
    { numRuns: runs(2), endOnFailure: true },
  );
}, 120_000);

test("the same database opened again knows who finishes what", async () => {
  const world = await begun(
    { lines: [], edits: [], people: [{ start: 0, buys: null, seats: 1 }] },
    "program p < start when signed_up  edits pin  wait 2d  send welcome >",
  );
  await judge(world, 0);
  await world.apply(clock(1), planOf("program p < start when signed_up  edits pin  wait 9d  send nudge >"));
  const { openEngine } = await import("../../runtime/engine/engine.ts");
  const engine = await openEngine(world.database);
  expect(engine?.inside.programs.map(({ pinned }) => pinned)).toEqual([null, 1]);
  const again = await openWorld(world.database, world.plan);
  await again.apply(clock(2), planOf("program p < start when signed_up  edits pin  wait 9d  send nudge >"));
  expect(again.engine().inside.programs).toHaveLength(2);
});
