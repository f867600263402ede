// How arms do, as `cadenza show program` tells of them: golden files of what the terminal shows.

import { expect, test } from "vitest";
import { cadenza, type Ran } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";

const golden = (name: string) => new URL(`../golden/cli/${name}`, import.meta.url).pathname;

const people = Array.from({ length: 48 }, (_, index) => `c${String(index).padStart(2, "0")}`);

/** Everybody asks in the first ten days of January; every third buys on the 9th. */
const shop = () =>
  projectOf({
    "shop.cdz": `project shop < time zone "Europe/Berlin"  sender "Ana <ana@shop.example>" >
contact < id text key  email email >
event asked < >
event purchased < amount money EUR >
load contact from csv "people.csv" < id from id  email from email >
load asked from csv "asked.csv" < contact from id  at from at >
load purchased from csv "bought.csv" < contact from id  at from at  amount from amount >
email hello < subject "Hello"  text "Hello."  transactional  variant short < subject "Hi" > >
program greet <
  why "Whoever asks is greeted"
  start when asked
  goal purchased within 20d target 40%
  experiment tone <
    arm plain 40% < send hello >
    arm short 40% < send hello variant short >
    arm none  20% < >
    winner by goal rate after 5d needs 5
  >
  split < arm 50% < wait 1d > arm 50% < wait 2d > >
  experiment ending <
    arm early 50% < send hello >
    arm late  50% < wait 30d  send hello >
    winner by open rate after 7d needs 200
  >
  wait 30d
>
`,
    "people.csv": `id,email\n${people.map((id) => `${id},${id}@x.example`).join("\n")}\n`,
    "asked.csv": `id,at\n${people.map((id, index) => `${id},2026-01-${String(1 + (index % 10)).padStart(2, "0")} 09:30`).join("\n")}\n`,
    "bought.csv": `id,at,amount\n${people
      .filter((_, index) => index % 3 === 0)
      .map((id, index) => `${id},2026-01-${index % 2 === 0 ? "05" : "11"} 12:00,10`)
      .join("\n")}\n`,
  });

async function fine(cwd: string, ...args: readonly string[]): Promise<Ran> {
  const ran = await cadenza(args, { cwd });
  expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: "" });
  return ran;
}

test("arms are told with who took them, what the winner is decided by, and the winner", {
  timeout: 180_000,
}, async () => {
  const cwd = shop();
  const show = async (...more: readonly string[]) => (await fine(cwd, "show", "program", "greet", ...more)).stdout;
  const blank = await show();
  expect(blank).not.toContain("no winner yet");
  await fine(cwd, "load", "--now", "2026-01-01");
  await fine(cwd, "run", "--now", "2026-01-01", "--until", "2026-01-04", "--every", "12h");
  const early = await show("--now", "2026-01-04");
  await fine(cwd, "run", "--until", "2026-01-20", "--every", "12h", "--now", "2026-01-04");
  const late = await show("--now", "2026-01-20");
  expect(early.startsWith(blank)).toBe(true);
  await expect(`${early}\n${"-".repeat(80)}\n\n${late}`).toMatchFileSnapshot(golden("show-program-arms.txt"));
  const { arms } = JSON.parse(await show("--now", "2026-01-20", "--json"));
  expect(arms.map(({ experiment }: { experiment: string | null }) => experiment)).toEqual(["tone", null, "ending"]);
  const [{ contest, winner }] = arms;
  expect(contest).toMatchObject({ by: "goal", needs: 5 });
  expect(Date.parse(winner.at)).toBeGreaterThanOrEqual(Date.parse(contest.from));
});
