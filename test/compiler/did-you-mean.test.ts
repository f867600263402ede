// Every kind of name, and every value of a choice, misspelt: the nearest that is legal there is offered, and mends it.

import { expect, test } from "vitest";
import { isError } from "../../grammar/diagnostics/table.ts";
import { compileWithPrelude } from "./project.ts";

const around = `
score Rating < opened adds 1 >
funnel Ladder < stage cold  stage warm when purchased >
team sales "Sales"
webhook crm "https://crm.example/hook"
derived size = big when seats > 50 otherwise small
email story < subject "Story"  text "Once"  topic tips  variant short < subject "Brief" > >
program other < start when signed_up  goal purchased within 30d  wait 1d as pausing  send welcome >
segment Quiet(length duration) where not opened in length and received in length
`;
const inProgram = (steps: string) => `program p < start when signed_up  goal purchased within 30d  ${steps} >`;

test.each([
  ["a field", "segment A where seatz > 3", "seats"],
  ["a bare flag", "segment A where vjp is yes", "vip"],
  ["a derived field", "segment A where sizze = big", "size"],
  ["an event", "segment A where purchaced", "purchased"],
  ["a built-in event", "segment A where clickd in 90d", "clicked"],
  ["an event followed by another", "segment A where purchased followed by shiped within 3d", "shipped"],
  ["a property", 'segment A where purchased where (prodct = "x")', "product"],
  ["a property that is summed", "segment A where sum of purchased.amuont > 50 EUR", "amount"],
  ["a field of the company", "segment A where company.emploees > 3", "employees"],
  ["a property of the starting event", inProgram('if event.sorce = "x" then < send welcome >'), "source"],
  ["a segment", "segment A where in Custmers", "Customers"],
  ["a segment with parameters", "segment A where in Qiet(90d)", "Quiet"],
  ["a list", "segment A where in betta", "beta"],
  ["a topic", "segment A where subscribed to newz", "news"],
  ["an email", "segment A where opened welcom", "welcome"],
  ["an email that is sent", inProgram("send welcom"), "welcome"],
  ["a variant", inProgram("send story variant shorl"), "short"],
  ["a program", "segment A where in program othr", "other"],
  ["a program to go on in", inProgram("continue in othr"), "other"],
  ["a label", inProgram("send welcome as hello  wait 1d  go to helo"), "hello"],
  ["a team", inProgram("hand off to saels"), "sales"],
  ["a webhook", inProgram("call cmr"), "crm"],
  ["a list to add to", inProgram("add to betta"), "beta"],
  ["a field that is set", inProgram("set seatz = 3"), "seats"],
  ["a score", "segment A where score Ratng > 3", "Rating"],
  ["a funnel", "segment A where stage Lader = warm", "Ladder"],
  ["a stage", "segment A where stage Ladder = wram", "warm"],
  ["a value of a choice", "segment A where role = decison_maker", "decision_maker"],
  ["a value in a list", "segment A where role in (user, influencr)", "influencer"],
  ["a value of an event's choice", "segment A where signed_up where (plan = tem)", "team"],
  ["a value of a derived choice", "segment A where size = smal", "small"],
  ["a value that is set", inProgram("set role = influencr"), "influencer"],
  ["a name in a mail event", "segment A where clicked where (email = welcom)", "welcome"],
  ["a placeholder", 'email e < subject "{{ emial }}"  text "x"  topic tips >', "email"],
  ["a filter", 'email e < subject "{{ email | upcaze }}"  text "x"  topic tips >', "upcase"],
  ["the topic of an email", 'email e < subject "x"  text "x"  topic tipz >', "tips"],
  ["a field that is loaded", 'load purchased from csv "a.csv" < contact from c  at from t  amuont from a >', "amount"],
  ["what is loaded", 'load purchasd from csv "a.csv" < contact from c  at from t  amount from a >', "purchased"],
  ["a word of the language", "segment A wher seats > 3", "where"],
])("%s", (_, text, near) => {
  const source = around + text;
  const found = compileWithPrelude(source).diagnostics.filter(isError);
  expect(found.map((each) => each.code).length, JSON.stringify(found.map((each) => each.text))).toBe(1);
  const [fix] = found[0]?.fixes ?? [];
  const [edit] = fix?.edits ?? [];
  expect(edit?.text, found[0]?.text).toBe(near);
  if (!edit) return;
  const after = source.slice(0, edit.span.start) + edit.text + source.slice(edit.span.end);
  expect(compileWithPrelude(after).diagnostics.filter(isError)).toEqual([]);
});
