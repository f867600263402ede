// cadenza show data: what is counted, and how it is shown.

import { expect, onTestFinished, test } from "vitest";
import { profileText } from "../../runtime/cli/profile.ts";
import { compile, open, type Profile } from "../../runtime/index.ts";
import { cadenza } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";
import { valueFrom } from "../support/scratch.ts";

const source = `project shop < time zone "UTC"  currency EUR  sender "Shop <shop@shop.example>"  postal address "Main Street 1" >
contact < id text key  email email?  name text?  code text exact?  role one of (user, owner)?  seats number?  arr money?  tags list of text
  renewal date?  company text?  created datetime? >
company < domain text key  employees number? >
event bought < amount money  product text?  order_id text? key >
event called < >
list partners "People who sell for us"
topic news "News" opt in
load contact from csv "people.csv" < id from id  email from email  name from name  code from code  role from role  seats from seats
  arr from arr  tags from tags  renewal from renewal  created from created >
load company from csv "companies.csv" < domain from domain  employees from employees >
load bought from csv "orders.csv" < contact from who  at from at  amount from amount  order_id from order >
load partners from csv "partners.csv" < contact from who >
load news from csv "news.csv" < contact from who  state from state >
`;
const files = {
  "shop.cdz": source,
  "people.csv": `id,email,name,code,role,seats,arr,tags,renewal,created
a,A@x.example,Ana,K1,user,3,10.50,red;blue,2026-02-01,2026-01-01 08:00
b,a@x.example,ANA,k1,,200,,blue,,2026-01-05 09:30
c,c@x.example,,,user,,-2,,2027-01-01,
d,"c@x.example",Dan,K1,user,3,,,,
e,,,,,,,,,
`,
  "companies.csv": "domain,employees\nx.example,10\n",
  "orders.csv": `who,at,amount,order
a,2026-02-01 10:00,5,o1
a,2026-02-03 10:00,7,o2
b,2026-02-10 10:00,7,o2
b,2099-01-01,1,o3
`,
  "partners.csv": "who\na\nb\n",
  "news.csv": "who,state\na,yes\nc,no\n",
};

async function profiled(): Promise<Profile> {
  const dataDir = projectOf(files);
  const { plan } = compile([{ path: "shop.cdz", text: source }]);
  if (plan === null) throw new Error("the project has mistakes");
  const engine = valueFrom(await open({ plan, database: { folder: `${dataDir}/.cadenza` }, dataDir }));
  onTestFinished(() => engine.close());
  valueFrom(await engine.load({ at: Date.UTC(2026, 1, 20) }));
  return valueFrom(await engine.profile(Date.UTC(2026, 2, 1)));
}

test("counts who knows a field and how many different values there are, as they are compared", async () => {
  const { tables } = await profiled();
  const [contact, company] = tables;
  const shown = contact?.fields.map(({ name, known, share, distinct }) => [name, known, share, distinct]);
  expect(shown).toEqual([
    ["id", 5, 1, 5],
    ["email", 4, 0.8, 2],
    ["name", 3, 0.6, 2],
    ["code", 3, 0.6, 2],
    ["role", 3, 0.6, 1],
    ["seats", 3, 0.6, 2],
    ["arr", 2, 0.4, 2],
    ["tags", 2, 0.4, 2],
    ["renewal", 2, 0.4, 2],
    ["company", 0, 0, 0],
    ["created", 2, 0.4, 2],
  ]);
  const ends = (name: string) => {
    const field = contact?.fields.find((entry) => entry.name === name);
    return [field?.type, field?.lowest, field?.highest];
  };
  expect(ends("seats")).toEqual(["number", 3, 200]);
  expect(ends("arr")).toEqual(["money EUR", "-2.0000", "10.5000"]);
  expect(ends("renewal")).toEqual(["date", "2026-02-01", "2027-01-01"]);
  expect(ends("created")).toEqual(["datetime", "2026-01-01T08:00:00.000Z", "2026-01-05T09:30:00.000Z"]);
  expect(ends("role")).toEqual(["one of (user, owner)", null, null]);
  expect(company).toMatchObject({ kind: "company", rows: 1, people: null, lastLoad: Date.UTC(2026, 1, 20) });
});

test("counts events up to now, addresses that are shared, members and words on topics", async () => {
  const { tables, sharedAddresses, lists, topics } = await profiled();
  expect(tables.find(({ name }) => name === "bought")).toMatchObject({
    ...{ rows: 3, people: 2, first: Date.UTC(2026, 1, 1, 10), last: Date.UTC(2026, 1, 10, 10), isApproximate: false },
    fields: [
      { name: "amount", known: 3, distinct: 2, lowest: "5.0000", highest: "7.0000" },
      { name: "product", known: 0, distinct: 0 },
      { name: "order_id", known: 3, distinct: 2 },
    ],
  });
  expect(tables.find(({ name }) => name === "called")).toMatchObject({
    rows: 0,
    first: null,
    last: null,
    lastLoad: null,
  });
  expect(sharedAddresses).toEqual({
    ...{ addresses: 2, contacts: 4 },
    most: [
      { address: "a@x.example", contacts: 2 },
      { address: "c@x.example", contacts: 2 },
    ],
  });
  const loaded = Date.UTC(2026, 1, 20);
  expect(lists).toEqual([{ name: "partners", members: 2, first: loaded, last: loaded, lastLoad: loaded }]);
  expect(topics).toEqual([{ name: "news", agreed: 1, refused: 1, lastLoad: loaded }]);
});

test("is shown in 80 and in 200 columns", async () => {
  const profile = await profiled();
  const at = Date.UTC(2026, 2, 1);
  const [narrow, wide] = [profileText(profile, { at, isWide: false }), profileText(profile, { at, isWide: true })];
  const widest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));
  expect(widest(narrow)).toBeLessThanOrEqual(80);
  expect(widest(wide)).toBeLessThanOrEqual(200);
  await expect(`${narrow}\n${"-".repeat(80)}\n\n${wide}`).toMatchFileSnapshot("../golden/cli/show-data.txt");
});

test("estimates what is dear to count, and says so", async () => {
  const profile = await profiled();
  const large: Profile = {
    ...profile,
    tables: [
      {
        ...{ kind: "contact", name: "contact", rows: 1_000_000, people: null, first: null, last: null, lastLoad: null },
        isApproximate: true,
        fields: [
          {
            ...{ name: "id", type: "text", known: 1_000_000, share: 1, distinct: 1_000_000 },
            isApproximate: false,
            lowest: null,
            highest: null,
          },
          {
            ...{ name: "seats", type: "number", known: 999_999, share: 0.999999, distinct: 725 },
            isApproximate: true,
            lowest: 0,
            highest: 9,
          },
        ],
      },
    ],
  };
  const text = profileText(large, { at: Date.UTC(2026, 2, 1), isWide: false });
  expect(text).toContain("id     text     100%  1,000,000");
  expect(text).toMatch(/seats {2}number {2}99\.9% +~725/);
  expect(text).toContain("~ is an estimate, within some percent.");
});

test("the command shows an address that could drive a terminal as its codes, and prints JSON", async () => {
  const cwd = projectOf({
    "shop.cdz": `project shop < time zone "UTC"  currency EUR  sender "Shop <shop@shop.example>"  postal address "Main Street 1" >
contact < id text key  email email >
load contact from json "people.json" < id from id  email from email >
`,
    "people.json": `{"id":"a","email":"a\\u202e@x.example"}\n{"id":"b","email":"a\\u202e@x.example"}\n`,
  });
  await cadenza(["load", "--now", "2026-03-01"], { cwd });
  const shown = await cadenza(["show", "data", "--now", "2026-03-02"], { cwd });
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  expect(shown.stdout).toContain("contact: 2 rows; last load 1 day ago");
  const json = await cadenza(["show", "data", "--now", "2026-03-02", "--json"], { cwd });
  const { now, tables } = JSON.parse(json.stdout);
  expect(now).toBe("2026-03-02T00:00:00.000Z");
  expect(tables[0]).toMatchObject({ kind: "contact", rows: 2, people: null, lastLoad: "2026-03-01T00:00:00.000Z" });
  expect(shown.stdout).toContain("a‹U+202E›@x.example (2)");
  expect(shown.stdout).not.toContain("\u202e");
});
