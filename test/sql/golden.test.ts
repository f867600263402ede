import { describe, expect, test } from "vitest";
import { isZone } from "../../compiler/calendar.ts";
import { compile } from "../../compiler/compile.ts";
import type { World } from "../../compiler/world.ts";
import type { Condition } from "../../compiler/ir/condition.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { printConditions, printMembers } from "../../compiler/sql/print.ts";
import type { Param, Sql } from "../../compiler/sql/sql.ts";

const project = `project p <
  language 1  time zone "Europe/Berlin"  currency EUR  sender "Ana <ana@acme.example>"  postal address "Acme, Berlin"
>
contact <
  id text key  email email  role one of (decision_maker, influencer, user)?  seats number?  renewal date?
  company text exact?  created datetime
>
company < domain text key  employees number? >
event signed_up < plan one of (free, team)  source text? >
event purchased < amount money  product text?  order_id text? key >
list vips
topic newsletter "Newsletter" opt in
topic tips "Tips" opt out
email welcome < subject "Hi" text "Hello" topic tips >
`;

/** File name, and the segments of which the last is printed. */
const segments: readonly (readonly [file: string, source: string])[] = [
  ["fields", `segment S where role != user and seats between 10 and 200 and renewal in next month and not in vips`],
  ["not-opened", `segment S where role = decision_maker and not opened in 90d`],
  [
    "count-in-window",
    `segment S where visited where (url starts with "https://acme.example/pricing") at least 2 times in 14d`,
  ],
  ["once-and-not-again", `segment S where purchased exactly 1 time and not purchased in 30d`],
  [
    "distinct-messages",
    `segment S where received at least 3 times in 90d and opened including machines at most 1 time in 90d`,
  ],
  ["or-group", `segment S where role = influencer and (seats >= 200 or opened in 30d or clicked welcome in 30d)`],
  [
    "nested",
    `segment Customers where purchased
segment Active where opened in 30d and received in 30d
segment S where in Active and not in Customers and company.employees >= 200`,
  ],
  [
    "property",
    `segment S where purchased where (product = "Pro" and (amount >= 200 EUR or at before 2026-01-01)) in 1y`,
  ],
  ["consent", `segment S where subscribed to newsletter and not unsubscribed from tips and not in Suppressed`],
  ["sample", `segment S where sample 10% and (created after 2026-01-01 or role is unknown)`],
];

function compiled(source: string): Plan {
  const world: World = { library: [], isZone, body: () => ({ kind: "missing" }) };
  const { plan, diagnostics } = compile([{ path: "p.cdz", text: `${project}${source}` }], world);
  if (!plan) throw new Error(diagnostics.map(({ code, text }) => `${code} ${text}`).join("\n"));
  return plan;
}

function showParam(param: Param): string {
  if (param.kind === "moment") return `${param.as} ${JSON.stringify(param.moment)}`;
  return `${param.kind} ${JSON.stringify(param.value)}`;
}

/** Source, statement and parameters, so that a file can be read by itself. */
function show(source: string, sql: Sql): string {
  const lines = source.split("\n").map((line) => `-- ${line}`.trimEnd());
  const params = Object.entries(sql.params).map(([name, param]) => `-- $${name}: ${showParam(param)}`);
  return `${[...lines, "", sql.text, "", ...params].join("\n")}\n`;
}

describe("printed SQL", () => {
  test.each(segments)("%s", async (file, source) => {
    const sql = printMembers(compiled(source), "S");
    await expect(show(source, sql)).toMatchFileSnapshot(`../golden/sql/${file}.sql`);
  });

  test("takes no parameter that its text does not name", () => {
    const many = Array.from({ length: 41 }, (_, index) => `seats = ${index}`).join(" or ");
    const source = `segment Large where ${many}\nsegment S where in Large and (in Large or seats > 100)`;
    const { text, params } = printMembers(compiled(source), "S");
    const named = [...text.matchAll(/\$(\w+)/g)].map(([, name]) => name);
    expect(text).toContain('WITH "in Large" AS');
    expect(Object.keys(params).toSorted()).toEqual([...new Set(named)].toSorted());
  });

  test("enrollments", async () => {
    const source = `program onboarding <
  start when signed_up
  enter every time
  exit when purchased or unsubscribed
  send welcome
  wait up to 5d until opened welcome or purchased where (product = "Pro") then <
    if event.plan = team and opened at least 2 times then < stop >
  >
>`;
    const plan = compiled(source);
    const [program] = plan.programs;
    const exit: Condition = { kind: "any", of: program?.exits ?? [] };
    const conditions = (program?.steps ?? []).flatMap((step) => {
      if (step.kind === "wait for") return [{ name: "came", when: step.until }];
      return step.kind === "choose" ? step.branches.map(({ when }) => ({ name: "chosen", when })) : [];
    });
    const from: Sql = {
      text: "(SELECT * FROM positions WHERE program = $program)",
      params: { program: { kind: "text", value: "onboarding" } },
    };
    const sql = printConditions(plan, { kind: "enrollment", from }, [{ name: "is_exit", when: exit }, ...conditions]);
    await expect(show(source, sql)).toMatchFileSnapshot("../golden/sql/enrollments.sql");
  });
});
