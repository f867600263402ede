// Rules 26 and 36: the pages by which people refuse mails and choose what they get. To look changes nothing; what is said is
// stored before the answer, and holds for every contact of the address.

import { expect, test } from "vitest";
import type { Mailer } from "../../runtime/index.ts";
import { valueFrom } from "../support/scratch.ts";
import { day, post, servedShop, takingMailer } from "./shop.ts";

test("to look changes nothing, by whatever way of looking", async () => {
  const { linkOf, members } = await servedShop();
  for (const method of ["GET", "HEAD"]) {
    for (const page of ["unsubscribe", "preferences"]) {
      const answer = await fetch(linkOf("a@x.example", "tips", page), { method });
      expect(answer.status).toBe(200);
      expect((await answer.text()) === "").toBe(method === "HEAD");
    }
  }
  expect(await members("Refused", day(2))).toBe("");
});

test("a click on the button refuses the mail's topic for everybody of the address", async () => {
  const { linkOf, members, engine } = await servedShop();
  const link = linkOf("a@x.example", "tips");
  const asked = await (await fetch(link)).text();
  expect(asked).toContain("Tips &lt;for&gt; getting started");
  expect(asked).toContain("Ana &amp; Co");
  expect(asked).not.toContain("a@x.example");
  expect(asked).not.toContain("<script");
  const answer = await post(link, { one: "yes" });
  expect([answer.status, answer.redirected]).toEqual([200, false]);
  expect(await answer.text()).toContain("You are unsubscribed");
  expect(await members("Refused", day(2))).toBe("a b");
  expect(await (await fetch(link)).text()).toContain("You are unsubscribed");
  const word = valueFrom(await engine.consent({ contact: "a", topic: "tips", isAgreed: false, by: "Ana", at: day(2) }));
  expect(word).toMatchObject({ isNew: false, holds: { at: day(1), source: "unsubscribe page", ofAllMail: false } });
});

const oneClick = "List-Unsubscribe=One-Click";
const boundary = "----cut";
const oneClicks: readonly (readonly [string, string, string])[] = [
  ["a form", "application/x-www-form-urlencoded", oneClick],
  [
    "a form of parts",
    `multipart/form-data; boundary=${boundary}`,
    `--${boundary}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--${boundary}--\r\n`,
  ],
  ["no form at all", "text/plain", ""],
];

test.each(oneClicks)(
  "the one click of a mail program, as %s, refuses the topic and nothing else",
  async (_, type, body) => {
    const { linkOf, members, engine } = await servedShop();
    const answer = await fetch(linkOf("c@x.example", "tips"), {
      method: "POST",
      headers: { "content-type": type },
      body,
      redirect: "error",
    });
    expect(answer.status).toBe(200);
    expect(await members("Refused", day(2))).toBe("c");
    valueFrom(await engine.consent({ contact: "c", topic: "news", isAgreed: true, by: "Ana", at: day(1) }));
    expect(await members("Readers", day(2))).toBe("c");
  },
);

test("all mail can be refused, from a link for a topic and from one for all mail", async () => {
  const { linkOf, members, engine } = await servedShop();
  valueFrom(await engine.consent({ contact: "c", topic: "news", isAgreed: true, by: "Ana", at: day(1) - 1 }));
  await post(linkOf("c@x.example", "tips"), { all: "yes" });
  expect(await members("Refused", day(2))).toBe("c");
  expect(await members("Readers", day(2))).toBe("");
  await post(linkOf("a@x.example", null), { "List-Unsubscribe": "One-Click" });
  expect(await members("Refused", day(2))).toBe("a b c");
});

test("a link for a topic that the project no longer has refuses all mail", async () => {
  const { linkOf, members } = await servedShop();
  expect((await post(linkOf("c@x.example", "gone"), {})).status).toBe(200);
  expect(await members("Refused", day(2))).toBe("c");
});

test("repeated, it is said once; said again after consent, it is said again", async () => {
  const { linkOf, engine, members, setTime } = await servedShop();
  const counted = async () =>
    valueFrom(await engine.profile(day(9))).tables.find(({ name }) => name === "unsubscribed")?.rows;
  for (const form of [{}, { one: "yes" }, {}]) await post(linkOf("a@x.example", "tips"), form);
  expect(await counted()).toBe(2);
  setTime(day(2));
  await post(linkOf("a@x.example", "tips"), {});
  expect(await counted()).toBe(2);
  await post(linkOf("a@x.example", "tips", "preferences"), { choice: "yes", topic: "tips" });
  expect(await members("Refused", day(3))).toBe("");
  await post(linkOf("a@x.example", "tips"), {});
  expect(await counted()).toBe(4);
  expect(await members("Refused", day(3))).toBe("a b");
});

test("who chooses topics gets these and no others, also after refusing all mail", async () => {
  const { linkOf, members } = await servedShop();
  const link = linkOf("c@x.example", null, "preferences");
  const checked = async () =>
    [...(await (await fetch(link)).text()).matchAll(/value="(\w+)" checked/g)].map(([, name]) => name).sort();
  expect(await checked()).toEqual(["tips"]);
  await post(link, { choice: "yes", topic: ["news", "tips"] });
  expect(await checked()).toEqual(["news", "tips"]);
  await post(link, { choice: "yes" });
  expect(await checked()).toEqual([]);
  await post(linkOf("c@x.example", "tips"), { all: "yes" });
  // All of it within one moment of the clock.
  expect(await (await post(link, { choice: "yes", topic: "news" })).text()).toContain('value="news" checked');
  expect(await members("Readers", day(2))).toBe("c");
  expect(await members("Refused", day(2))).toBe("c");
  expect((await post(link, { topic: "tips" })).status).toBe(400);
  expect(await checked()).toEqual(["news"]);
  await post(linkOf("c@x.example", "news"), {});
  expect(await checked()).toEqual([]);
});

test("a mail that waits to be sent does not go out any more, and who unsubscribed leaves", async () => {
  const taking = takingMailer();
  let isBusy = true;
  const mailer: Mailer = {
    ...taking,
    send: async (message) => (isBusy ? { kind: "retry", reason: "busy", afterMs: null } : taking.send(message)),
  };
  const { linkOf, engine, setTime } = await servedShop({ mailer });
  valueFrom(await engine.apply(day(1)));
  valueFrom(await engine.tick(day(1)));
  expect(valueFrom(await engine.snapshot()).mail).toMatchObject({ pending: 2, sent: 0 });
  isBusy = false;
  const soon = day(1) + 60_000;
  setTime(soon);
  await post(linkOf("c@x.example", "tips"), {});
  valueFrom(await engine.tick(soon));
  expect(taking.accepted.map(({ to }) => to)).toEqual(["A@x.example"]);
  const { mail, programs } = valueFrom(await engine.snapshot());
  expect(mail).toMatchObject({
    pending: 0,
    sent: 1,
    skipped: [
      { reason: "no address" },
      { reason: "same address already mailed" },
      { reason: "unsubscribed from tips" },
    ],
  });
  expect(programs[0]?.left).toEqual([{ reason: "exit", people: 1 }]);
});

test("a token that was not made here finds no page, whatever it looks like", async () => {
  const { url, linkOf, members, bugs } = await servedShop();
  const good = linkOf("c@x.example", "tips");
  const last = good.at(-1) === "A" ? "B" : "A";
  for (const bad of [
    `${good.slice(0, -1)}${last}`,
    good.slice(0, -4),
    `${good}AAAA`,
    `${url}/unsubscribe/`,
    `${url}/unsubscribe`,
    `${url}/unsubscribe/${"A".repeat(2000)}`,
    `${url}/unsubscribe/%00%ff`,
    `${url}/preferences/c@x.example`,
    `${url}/`,
  ]) {
    for (const method of ["GET", "POST"]) expect((await fetch(bad, { method })).status).toBe(404);
  }
  expect(await members("Refused", day(2))).toBe("");
  expect(bugs).toEqual([]);
});

test("pages may be kept, framed and told of by nobody, and hold nothing from elsewhere", async () => {
  const { linkOf } = await servedShop();
  const { headers } = await fetch(linkOf("a@x.example", "tips"));
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; .*frame-ancestors 'none'/);
  expect((await fetch(linkOf("a@x.example", "tips"), { method: "DELETE" })).status).toBe(405);
});

test("the link of a mail tells which mail it was, and whose", async () => {
  const mailer = takingMailer();
  const { engine, url, eventsOf } = await servedShop({ mailer });
  valueFrom(await engine.apply(day(1)));
  valueFrom(await engine.tick(day(1)));
  const mail = mailer.accepted.find(({ to }) => to === "A@x.example");
  const link = mail?.headers.find(({ name }) => name === "List-Unsubscribe")?.value ?? "";
  const [path = ""] = /\/unsubscribe\/[\w-]+/.exec(link) ?? [];
  expect((await post(url + path, {})).status).toBe(200);
  const about = { event: "unsubscribed", topic: "tips" };
  expect(await eventsOf("unsubscribed")).toEqual([
    { ...about, contact: "a", message: mail?.sendId, email: "welcome", program: "greet" },
    { ...about, contact: "b", message: null, email: null, program: null },
  ]);
});
