// What segments make of rows that nobody would make up, and of more than anybody would write: tried on the built command.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";

const head = `project p < time zone "UTC" currency EUR sender "A <a@a.example>" postal address "A street 1" >
contact < id text key  email email  seats number?  zone timezone? >
event purchased < amount money?  product text? >
list vips "Very important"
load contact from csv "c.csv" < id from id  email from email  seats from seats  zone from zone >
load purchased from csv "p.csv" < contact from contact  at from at  amount from amount  product from product >
`;
const people = `id,email,seats,zone
1,a@a.example,5,Europe/Berlin
2,b@a.example,,Mars/Phobos
3,c@a.example,7,
`;
const events = "contact,at,amount,product\n";

async function said(cwd: string, args: readonly string[]): Promise<string> {
  const ran = await cadenza(args, { cwd });
  expect(ran.code, `${args.join(" ")}\n${ran.stdout}${ran.stderr}`).toBe(0);
  return ran.stdout;
}

/** How many are in each segment. */
async function sizes(cwd: string, now: string): Promise<Readonly<Record<string, number>>> {
  const { segments } = JSON.parse(await said(cwd, ["show", "segments", "--json", "--now", now])) as {
    segments: readonly { segment: string; count: number }[];
  };
  return Object.fromEntries(segments.map(({ segment, count }) => [segment, count]));
}

const rejectsOf = (printed: string, load: string): readonly string[] => {
  const lines = printed.split("\n");
  const place = lines.findIndex((line) => line.startsWith(`${load} from`));
  const path = /what was rejected, and why: (.*)/.exec(lines[place + 1] ?? "")?.[1] ?? "";
  return readFileSync(path, "utf8").trimEnd().split("\n").slice(1);
};

test("an average, a lowest and a latest value of nothing are unknown, so nothing is ever divided by", async () => {
  const segments = `segment Over where average of purchased.amount in 30d > 1 EUR
segment NotOver where not average of purchased.amount in 30d > 1 EUR
segment Under where average of purchased.amount in 30d <= 1 EUR
segment None where average of purchased.amount in 30d < 0 EUR or lowest purchased.amount in 30d <= 1 EUR
derived usual = average of purchased.amount in 30d
segment Known where usual is known
segment Different where usual != 4 EUR
score Value < usual > 1 EUR adds 5  not usual > 1 EUR adds 2 >
segment Two where score Value = 2
`;
  const cwd = projectOf({
    "a.cdz": head + segments,
    "c.csv": people,
    // The second has events in the window, all without an amount; the third one before it.
    "p.csv": `${events}1,2026-03-01,4,a\n2,2026-03-01,,a\n2,2026-03-02,,b\n3,2025-03-01,4,a\n`,
  });
  await said(cwd, ["load", "--now", "2026-03-20"]);
  expect(await sizes(cwd, "2026-03-20")).toEqual({
    Over: 1,
    NotOver: 2,
    Under: 0,
    None: 0,
    Known: 1,
    Different: 2,
    Two: 2,
  });
});

test("zones that do not exist load as unknown, and contacts of a list that do not exist are rejected", async () => {
  const cwd = projectOf({
    "a.cdz": `${head}load vips from csv "v.csv" < contact from who >
segment Placed where zone is known
segment Important where in vips
`,
    "c.csv": people,
    "p.csv": events,
    "v.csv": "who\n3\nnobody\n1\n3\n",
  });
  const printed = await said(cwd, ["load", "--now", "2026-03-20"]);
  expect(rejectsOf(printed, "contact")).toEqual([expect.stringMatching(/^c\.csv,3,zone,Mars\/Phobos,.*unknown/)]);
  expect(rejectsOf(printed, "vips")).toEqual([
    "v.csv,3,who,nobody,the row was rejected: there is no contact of this key",
  ]);
  expect(await sizes(cwd, "2026-03-20")).toEqual({ Placed: 1, Important: 2 });
});

test("events of 1970 have always happened, and those of 2099 count from then on", async () => {
  const cwd = projectOf({
    "a.cdz": `${head}segment Ever where purchased
segment Lately where purchased in 100y
segment Early where purchased before 1970-01-02
segment Late where purchased since 2099-01-01
segment Today where purchased in today
segment Followed where purchased followed by purchased within 200y
segment Unfollowed where purchased not followed by purchased within 200y
score Warm < purchased adds 8  halves every 10y >
segment StillWarm where score Warm >= 0.1
`,
    "c.csv": people,
    "p.csv": `${events}1,1970-01-01T00:00:00Z,4,a\n1,2099-12-31T23:59:59Z,4,b\n2,2099-12-31T23:59:59Z,4,a\n2,0000-01-01,4,a\n`,
  });
  const printed = await said(cwd, ["load", "--now", "2026-03-20"]);
  expect(printed).toContain("purchased from p.csv: 4 rows: 3 added, 1 rejected, 2 in the future\n");
  const early = { Ever: 1, Lately: 1, Early: 1, Late: 0, Today: 0, Followed: 0, Unfollowed: 0, StillWarm: 1 };
  expect(await sizes(cwd, "2026-03-20")).toEqual(early);
  expect(await sizes(cwd, "2099-12-31T23:59:58Z")).toEqual({ ...early, Lately: 0, StillWarm: 0 });
  expect(await sizes(cwd, "2099-12-31T23:59:59Z")).toEqual({
    ...{ Ever: 2, Lately: 2, Early: 1, Late: 2, Today: 2, Followed: 1, Unfollowed: 0, StillWarm: 2 },
  });
  expect(await sizes(cwd, "2300-01-01")).toMatchObject({ Ever: 2, Followed: 1, Unfollowed: 2 });
});

test("a contact with a million events is judged, refreshed and explained like any other", {
  timeout: 300_000,
}, async () => {
  const start = Date.parse("2026-01-01T00:00:00Z");
  const rows = Array.from(
    { length: 1_000_000 },
    (_, at) => `1,${new Date(start + at * 5000).toISOString()},${(at % 10) + 1},p${at % 9}\n`,
  );
  const cwd = projectOf({
    "a.cdz": `${head}segment Million where purchased at least 1000000 times
segment More where purchased at least 1000001 times
segment Sum where sum of purchased.amount = 5500000 EUR
segment Mean where average of purchased.amount = 5.5 EUR
segment Nine where count of distinct purchased.product = 9
segment Last where last purchased.product = "p0"
segment Chain where purchased where (product = "p1") followed by purchased where (product = "p2") within 5min
segment Unfollowed where purchased not followed by purchased within 10min
score Heat < purchased adds 0.001 up to 1000 >
segment Hot where score Heat = 1000
`,
    "c.csv": people,
    "p.csv": `${events}${rows.join("")}2,2026-02-01,3,p1\n`,
  });
  expect(await said(cwd, ["load", "--now", "2026-03-20"])).toContain("1,000,001 rows: 1,000,001 added\n");
  const counted = { Million: 1, More: 0, Sum: 1, Mean: 1, Nine: 1, Last: 1, Chain: 1, Hot: 1 };
  expect(await sizes(cwd, "2026-03-20")).toEqual({ ...counted, Unfollowed: 2 });
  await said(cwd, ["list", "add", "vips", "1", "--now", "2026-03-21"]);
  expect(await sizes(cwd, "2026-03-21")).toEqual({ ...counted, Unfollowed: 2 });
  for (const segment of ["Million", "Unfollowed"]) {
    expect(await said(cwd, ["why", "1", segment, "--now", "2026-03-21"])).toContain(`1 is in ${segment} at`);
  }
});

/** What each shape of segment says, and what it means for a person. */
interface Shape {
  readonly text: (at: number) => string;
  readonly holds: (at: number, person: Person) => boolean;
}
interface Person {
  readonly seats: number | null;
  /** Days ago, and what was paid. */
  readonly bought: readonly (readonly [number, number])[];
}
const boughtIn = ({ bought }: Person, days: number) => bought.filter(([ago]) => ago <= days);
const shapes: readonly Shape[] = [
  {
    text: (at) => `purchased at least ${1 + (at % 7)} times in ${1 + (at % 300)}d`,
    holds: (at, person) => boughtIn(person, 1 + (at % 300)).length >= 1 + (at % 7),
  },
  { text: (at) => `seats >= ${at}`, holds: (at, { seats }) => seats !== null && seats >= at },
  {
    text: (at) => `in S${at - 1} or not in S${at - 2}`,
    holds: (at, person) => isIn(at - 1, person) || !isIn(at - 2, person),
  },
  {
    text: (at) => `sum of purchased.amount in ${1 + (at % 400)}d > ${at % 20} EUR`,
    holds: (at, person) => boughtIn(person, 1 + (at % 400)).reduce((sum, [, paid]) => sum + paid, 0) > at % 20,
  },
  {
    text: (at) => `seats < ${at} and not purchased in ${1 + (at % 200)}d`,
    holds: (at, person) => person.seats !== null && person.seats < at && boughtIn(person, 1 + (at % 200)).length === 0,
  },
];
const isIn = (at: number, person: Person): boolean => shapes[at % shapes.length]?.holds(at, person) ?? false;

test("thousands of segments are checked, judged and refreshed", { timeout: 600_000 }, async () => {
  const length = Number(process.env.CADENZA_SEGMENTS ?? 2000);
  const numbers = Array.from({ length }, (_, at) => at);
  const all = numbers.map((at) => `segment S${at} where ${shapes[at % shapes.length]?.text(at)}\n`);
  const parts = [0, 1, 2, 3].map((part) => [
    `s${part}.cdz`,
    all.slice((part * length) / 4, ((part + 1) * length) / 4).join(""),
  ]);
  const cwd = projectOf({
    "a.cdz": head,
    ...Object.fromEntries(parts),
    "c.csv": people,
    "p.csv": `${events}1,2026-03-01,4,a\n1,2026-03-02,9,a\n`,
  });
  expect(await said(cwd, ["check", "--format", "compact"])).not.toContain("error");
  await said(cwd, ["load", "--now", "2026-03-20"]);
  const meant = (bought: Person["bought"]) => {
    const persons = [
      { seats: 5, bought },
      { seats: null, bought: [] },
      { seats: 7, bought: [] },
    ];
    return Object.fromEntries(numbers.map((at) => [`S${at}`, persons.filter((person) => isIn(at, person)).length]));
  };
  expect(await sizes(cwd, "2026-03-20")).toEqual(
    meant([
      [19, 4],
      [18, 9],
    ]),
  );
  const aDayLater = meant([
    [20, 4],
    [19, 9],
  ]);
  const counted = await said(cwd, ["show", "segment", "S1218", "--count", "--now", "2026-03-21"]);
  expect(counted).toBe(`${aDayLater.S1218}\n`);
});
