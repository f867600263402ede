// Lists and consent kept by hand, and what segments and programs make of them at the next tick.

import { expect, onTestFinished, test } from "vitest";
import { compile, type Instant, open, type Plan } from "../../runtime/index.ts";
import { projectOf } from "../support/example-copy.ts";
import { valueFrom } from "../support/scratch.ts";

const source = `project shop < time zone "UTC"  currency EUR  sender "Shop <shop@shop.example>"  postal address "Main Street 1" >
contact < id text key  email email >
load contact from csv "people.csv" < id from id  email from email >
load partners from csv "partners.csv" < contact from id  at from "since" >
load events from csv "consent.csv" < contact from id  state from state  at from at >
list partners "People who sell for us"
topic events "Invitations" opt in
topic news "News" opt out
segment Sellers where in partners
segment Agreed where subscribed to events
segment Refused where unsubscribed from events
segment NewsReaders where subscribed to news
email invitation < subject "Come"  text "On Friday."  topic events >
program invite < why "Partners come"  start when in partners  enter every time  exit when not in partners  wait 1d  send invitation  wait 30d >
`;

const day = (number: number): Instant => Date.UTC(2026, 2, number);

function planOf(): Plan {
  const { plan, diagnostics } = compile([{ path: "shop.cdz", text: source }]);
  if (plan === null) throw new Error(JSON.stringify(diagnostics));
  return plan;
}

async function shop() {
  const dataDir = projectOf({
    "people.csv": "id,email\na,A@x.example\nb,a@x.example \nc,c@x.example\n",
    "partners.csv": "id,since\nc,2026-03-20\nnobody,2026-03-01\n",
    "consent.csv": "id,state,at\nc,yes,2026-03-05\nc,no,2026-03-05\n",
  });
  const engine = valueFrom(await open({ plan: planOf(), database: { folder: `${dataDir}/.cadenza` }, dataDir }));
  onTestFinished(() => engine.close());
  valueFrom(await engine.load({ names: ["contact"], at: day(1) }));
  const members = async (segment: string, at: Instant) =>
    valueFrom(await engine.evaluate(segment, { at })).members.join(" ");
  const keep = { add: "add", remove: "remove" } as const;
  const list = async (kind: keyof typeof keep, contacts: readonly string[], at: Instant) =>
    valueFrom(await engine.keepList({ list: "partners", kind: keep[kind], contacts, by: "Ana", at }));
  const say = async (contact: string, isAgreed: boolean, at: Instant, topic = "events") =>
    valueFrom(await engine.consent({ contact, topic, isAgreed, by: "Ana", at }));
  return { engine, members, list, say };
}

test("who is put in starts at the next tick, who is taken out leaves", async () => {
  const { engine, members, list, say } = await shop();
  await say("a", true, day(1));
  valueFrom(await engine.apply(day(1)));
  valueFrom(await engine.tick(day(1)));
  await list("add", ["a", "c"], day(2));
  expect(await members("Sellers", day(2))).toBe("a c");
  valueFrom(await engine.tick(day(2)));
  const inside = async (key: string) =>
    valueFrom(await engine.contact(key, day(9))).enrollments.map(({ startedAt, leftAt }) => [startedAt, leftAt]);
  expect(await inside("a")).toEqual([[day(2), null]]);
  expect(await inside("b")).toEqual([]);
  await list("remove", ["a"], day(4));
  valueFrom(await engine.tick(day(4)));
  expect(await inside("a")).toEqual([[day(2), day(4)]]);
  valueFrom(await engine.keepList({ list: "partners", kind: "clear", at: day(5) }));
  valueFrom(await engine.tick(day(5)));
  expect(await members("Sellers", day(5))).toBe("");
  expect(await inside("c")).toEqual([[day(2), day(5)]]);
});

test("a load adds who is known, and a hand that is earlier than the file counts", async () => {
  const { engine, members, list } = await shop();
  const [report] = valueFrom(await engine.load({ names: ["partners"], at: day(2) }));
  expect(report).toMatchObject({ rows: 2, added: 1, rejected: 1 });
  expect(await members("Sellers", day(19))).toBe("");
  expect(await members("Sellers", day(20))).toBe("c");
  expect(await list("add", ["c"], day(6))).toMatchObject({ changed: 1, unchanged: 0, members: 1 });
  expect(await members("Sellers", day(6))).toBe("c");
  expect(await list("add", ["c"], day(7))).toMatchObject({ changed: 0, unchanged: 1 });
  const { members: kept } = valueFrom(await engine.list("PARTNERS", day(8)));
  expect(kept).toEqual([{ key: "c", since: day(6), source: "by Ana" }]);
});

test("consent holds for every contact of the address, and the later word counts", async () => {
  const { members, say } = await shop();
  expect(await say("a", true, day(2))).toMatchObject({ address: "a@x.example", contacts: 2, isNew: true });
  expect(await members("Agreed", day(2))).toBe("a b");
  expect(await say("b", false, day(3))).toMatchObject({ isNew: true });
  expect(await members("Agreed", day(3))).toBe("");
  expect(await members("Refused", day(3))).toBe("a b");
  expect(await say("a", true, day(2))).toMatchObject({ isNew: false, holds: { isAgreed: false, at: day(3) } });
  expect(await say("a", true, day(3))).toMatchObject({ isNew: true, holds: { isAgreed: false, at: day(3) } });
  expect(await members("Refused", day(4))).toBe("a b");
});

test("of two words at one time in a file, the refusal counts", async () => {
  const { engine, members } = await shop();
  valueFrom(await engine.load({ names: ["events"], at: day(6) }));
  expect(await members("Refused", day(6))).toBe("c");
  expect(await members("Agreed", day(6))).toBe("");
});

test("silence is consent where people opt out, until they refuse", async () => {
  const { members, say } = await shop();
  expect(await members("NewsReaders", day(2))).toBe("a b c");
  await say("c", false, day(2), "news");
  expect(await members("NewsReaders", day(2))).toBe("a b");
  await say("c", true, day(3), "news");
  expect(await members("NewsReaders", day(3))).toBe("a b c");
});
