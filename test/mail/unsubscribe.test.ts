// Links by which people refuse mails: nobody but us can make one, and none shows whose it is.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emlOf } from "../../runtime/mail/eml.ts";
import { type Links, linksOf } from "../../runtime/mail/links.ts";
import { loadRenderer } from "../../runtime/mail/render.ts";
import { readToken, unsubscribeToken } from "../../runtime/mail/unsubscribe.ts";
import { email, fields, html, project, recipient } from "./sample.ts";

const secret = "3b1e0f7c9a5d4e2f8b6a1c0d9e8f7a6b";
const other = "00000000000000000000000000000000";
const ana = { address: "ana@x.example", topic: "product_tips", mail: recipient().sendId };
const token = unsubscribeToken(secret, ana);
const addresses = fc.emailAddress().map((address) => address.toLowerCase());
const mails = fc.option(fc.stringMatching(/^[a-f0-9]{1,64}$/));
const topics = fc.option(fc.stringMatching(/^[a-z_][a-z0-9_]{0,20}$/));

describe("a token", () => {
  test("says the address and the topic to who has the secret", () => {
    fc.assert(
      fc.property(addresses, topics, mails, (address, topic, mail) => {
        const made = unsubscribeToken(secret, { address, topic, mail });
        expect(made).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(readToken(secret, made)).toEqual({ address, topic, mail });
        expect(readToken(other, made)).toBeNull();
      }),
    );
  });
  test("is the same for one address however it is written, and differs by topic and mail", () => {
    expect(unsubscribeToken(secret, { ...ana, address: " Ana@X.example" })).toBe(token);
    const all = [ana.topic, "newsletter", null].map((topic) => unsubscribeToken(secret, { ...ana, topic }));
    expect(new Set(all).size).toBe(3);
    expect(unsubscribeToken(secret, { ...ana, mail: null })).not.toBe(token);
  });
  test("shows neither the address nor the topic", () => {
    for (const form of [token, Buffer.from(token, "base64url").toString("latin1")]) {
      expect(form).not.toMatch(/ana|x\.example|product|tips/i);
    }
  });
  test("that is cut, lengthened or spelled otherwise is none", () => {
    for (let length = 0; length < token.length; length += 1)
      expect(readToken(secret, token.slice(0, length))).toBeNull();
    for (const more of ["A", "AAAA", "=", " ", "\n", "%00"]) expect(readToken(secret, token + more)).toBeNull();
    const spelled = token.replaceAll("-", "+").replaceAll("_", "/");
    expect(spelled).not.toBe(token);
    expect(readToken(secret, spelled)).toBeNull();
    expect(readToken(secret, "A".repeat(5_000_000))).toBeNull();
  });
  test("with one bit changed is none", () => {
    const bytes = Buffer.from(token, "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const forged = Buffer.from(bytes);
      forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(readToken(secret, forged.toString("base64url"))).toBeNull();
    }
  });
  test("put together from two is none", () => {
    const bo = Buffer.from(unsubscribeToken(secret, { ...ana, address: "bob@x.example" }), "base64url");
    const own = Buffer.from(token, "base64url");
    for (let cut = 1; cut < own.length; cut += 1) {
      const swapped = Buffer.concat([own.subarray(0, cut), bo.subarray(cut)]).toString("base64url");
      if (swapped !== token) expect(readToken(secret, swapped)).toBeNull();
    }
  });
  test("of any other text is none, and nothing throws", () => {
    fc.assert(fc.property(fc.string(), (text) => readToken(secret, text) === null));
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        (bytes) => readToken(secret, Buffer.from(bytes).toString("base64url")) === null,
      ),
    );
  });
});

describe("links can be made", () => {
  const url = "https://mail.acme.example";
  const of = (given: { url?: string; secret?: string }, toPeople = false) => {
    const made = linksOf({ url: given.url ?? null, secret: given.secret ?? null }, toPeople);
    return made.ok ? made.value : made.failure.code;
  };
  test.each([
    [
      { url, secret },
      { url, secret },
    ],
    [
      { url: `${url}/mail//`, secret },
      { url: `${url}/mail`, secret },
    ],
    [
      { url: "http://127.0.0.1:8080", secret },
      { url: "http://127.0.0.1:8080", secret },
    ],
    [{ url: "http://mail.acme.example", secret }, "F411"],
    [{ url: "mail.acme.example", secret }, "F411"],
    [{ url: "javascript:alert(1)", secret }, "F411"],
    [{ url: `${url}/?a=1`, secret }, "F411"],
    [{ url: `${url}/#a`, secret }, "F411"],
    [{ url: "https://a:b@mail.acme.example", secret }, "F411"],
    [{ url: `${url}/\r\nBcc: x@x.example`, secret }, "F411"],
    [{ url: `${url}/>,<https://evil.example`, secret }, "F411"],
    [{ url, secret: "short" }, "F412"],
  ])("%j", (given, expected) => {
    expect(of(given)).toEqual(expected);
  });
  test("or not, which only mails to real people mind", () => {
    for (const given of [{}, { url }, { secret }, { url: "", secret: "" }]) {
      expect(of(given)).toBeNull();
      expect(of(given, true)).toBe("F410");
    }
    const made = linksOf({ url, secret: null }, true);
    expect(made.ok ? "" : made.failure.text).toContain("CADENZA_SECRET is not set");
  });
});

describe("a mail with links", () => {
  const links: Links = { url: "https://mail.acme.example", secret };
  const sent = async (mail: ReturnType<typeof email>, to = "ana@x.example") => {
    const prepared = (await loadRenderer({ project, links })).prepare(mail, fields);
    if (!prepared.ok) throw new Error(prepared.failure.text);
    return [to, "bo@y.example"].map((address) => {
      const made = prepared.value.render({ ...recipient({ first_name: "Mia" }), to: address });
      if (!made.ok) throw new Error(made.failure.text);
      return made.value.message;
    });
  };
  const link = `https://mail.acme.example/unsubscribe/${token}`;
  const isOwn = ({ to, html: page, text, headers }: Awaited<ReturnType<typeof sent>>[number]) => {
    const own = `https://mail.acme.example/unsubscribe/${unsubscribeToken(secret, { address: to, topic: ana.topic, mail: recipient().sendId })}`;
    expect(headers).toEqual([
      { name: "List-Unsubscribe", value: `<${own}>` },
      { name: "List-Unsubscribe-Post", value: "List-Unsubscribe=One-Click" },
    ]);
    expect(page.match(/https:\/\/mail\.acme\.example\/unsubscribe\/[\w-]*/g)).toEqual([own]);
    expect(text.split("\n")).toContain(`To stop these mails: ${own}`);
  };
  test.each([
    ["in Markdown", email("Hello {{ first_name | default: 'you' }}, {{ note | default: '' }}")],
    ["that is a page", email("", html("<!DOCTYPE html><html><body><p>{{ first_name }}</p></body></html>"))],
    ["without a value in it", email("Hello")],
  ])("%s carries each person's own in header, page and text", async (_, mail) => {
    const mails = await sent(mail);
    for (const message of mails) isOwn(message);
    expect(mails[0]?.html).toContain(link);
  });
  test("keeps them out of a transactional one", async () => {
    const [message] = await sent(email("Hello", { isTransactional: true, topic: null }));
    expect(message?.headers).toEqual([]);
    expect(message?.html).not.toContain("unsubscribe");
  });
  test("as a file", async () => {
    const [message] = await sent(email("Hello **{{ first_name }}**"));
    if (!message) throw new Error("no mail");
    await expect(emlOf(message).replaceAll("\r\n", "\n")).toMatchFileSnapshot("../golden/mail/unsubscribe.eml");
  });
});
