// Events: each once, of contacts that are known, and what some of them mean for an address.

import { describe, expect, test } from "vitest";
import { type LoadRoom, loadRoom } from "../support/load-room.ts";
import { valueFrom } from "../support/scratch.ts";

const notation = {
  contact: "id text key, email email?, name text?",
  events: { purchased: "amount money, product text?, quantity number?" },
  lists: ["vips"],
  topics: ["newsletter", "tips"],
};
const purchases = {
  to: "purchased",
  path: "p.csv",
  map: { contact: "who", at: "when", amount: "total", product: "what" },
};

async function roomWithPeople(): Promise<LoadRoom> {
  const room = await loadRoom(notation);
  room.put("people.csv", "id,email\nana,Ana@X.example\nbo,bo@x.example\ncy,\n");
  valueFrom(await room.load({ to: "contact", path: "people.csv", map: { id: "id", email: "email" } }));
  return room;
}

describe("events", () => {
  test("load once however often the file is loaded", async () => {
    const room = await roomWithPeople();
    room.put("p.csv", "who,when,total,what\nana,2026-01-05 10:00,11.5,Book\nbo,2026-01-06,7,\n");
    expect(valueFrom(await room.load(purchases))).toMatchObject({ rows: 2, added: 2, unchanged: 0 });
    expect(valueFrom(await room.load(purchases))).toMatchObject({ rows: 2, added: 0, unchanged: 2 });
    expect(await room.query("SELECT * EXCLUDE (event_id) FROM event_purchased ORDER BY occurred_at")).toEqual([
      {
        contact_id: "ana",
        occurred_at: Date.UTC(2026, 0, 5, 10),
        received_at: Date.UTC(2026, 2, 2, 9),
        batch: 2,
        amount: "11.5000",
        product: "Book",
        quantity: null,
      },
      {
        contact_id: "bo",
        occurred_at: Date.UTC(2026, 0, 6),
        received_at: Date.UTC(2026, 2, 2, 9),
        batch: 2,
        amount: "7.0000",
        product: null,
        quantity: null,
      },
    ]);
    expect(await room.query("SELECT count(*) AS n, max(batch) AS last FROM load_batch")).toEqual([{ n: 3, last: 3 }]);
  });

  test("two equal rows are two events, and a longer copy of the file adds only what is new", async () => {
    const room = await roomWithPeople();
    const rows = "ana,2026-01-05,5,Tea\nana,2026-01-05,5,Tea\n";
    room.put("p.csv", `who,when,total,what\n${rows}`);
    expect(valueFrom(await room.load(purchases))).toMatchObject({ added: 2 });
    room.put("p.csv", `who,when,total,what\nbo,2026-01-05,5,Tea\n${rows}ana,2026-01-05,5,Tea\n`);
    expect(valueFrom(await room.load(purchases))).toMatchObject({ added: 2, unchanged: 2 });
    expect(await room.query("SELECT count(*) AS n, count(DISTINCT event_id) AS ids FROM event_purchased")).toEqual([
      { n: 4, ids: 4 },
    ]);
  });

  test("are the same however the load lists its columns", async () => {
    const room = await roomWithPeople();
    room.put("p.csv", "who,when,total,what\nana,2026-01-05,5,Tea\nana,2026-01-05,5,Tea\n");
    expect(valueFrom(await room.load(purchases))).toMatchObject({ added: 2 });
    const map = Object.fromEntries(Object.entries(purchases.map).reverse());
    expect(valueFrom(await room.load({ ...purchases, map }))).toMatchObject({ added: 0, unchanged: 2 });
  });

  test("what moves between columns is another event", async () => {
    const room = await loadRoom({ contact: "id text key, email email?", events: { noted: "a text?, b text?" } });
    room.put("people.csv", "id,email\nana,a@x.example\n");
    valueFrom(await room.load({ to: "contact", path: "people.csv", map: { id: "id", email: "email" } }));
    room.put("n.csv", "who,when,a,b\nana,2026-01-05,x,\nana,2026-01-05,,x\n");
    const load = { to: "noted", path: "n.csv", map: { contact: "who", at: "when", a: "a", b: "b" } };
    expect(valueFrom(await room.load(load))).toMatchObject({ added: 2 });
    expect(
      await room.query("SELECT count(DISTINCT event_id) AS ids, max(length(event_id)) AS longest FROM event_noted"),
    ).toEqual([{ ids: 2, longest: 32 }]);
  });

  test("with an id of their own are known by it; of two with one id the first is kept", async () => {
    const room = await roomWithPeople();
    room.put(
      "p.csv",
      "id,who,when,total\nA,ana,2026-01-05,1\nA,ana,2026-01-05,2\nB,bo,2026-01-05,3\nB,bo,2026-01-05,3\n,bo,2026-01-07,4\n,bo,2026-01-07,4\n",
    );
    const load = {
      to: "purchased",
      path: "p.csv",
      map: { "event id": "id", contact: "who", at: "when", amount: "total" },
    };
    const counts = valueFrom(await room.load(load));
    expect(counts).toMatchObject({ rows: 6, added: 4, duplicates: 1 });
    expect(room.rejects(counts)).toEqual(['p.csv,3,id,A,"duplicate event id, the first row won"']);
    expect(
      await room.query("SELECT event_id, amount FROM event_purchased WHERE length(event_id) = 1 ORDER BY 1"),
    ).toEqual([
      { event_id: "A", amount: "1.0000" },
      { event_id: "B", amount: "3.0000" },
    ]);
    room.put("p.csv", "id,who,when,total\nA,bo,2027-01-05,9\n");
    expect(valueFrom(await room.load(load))).toMatchObject({ added: 0, unchanged: 1 });
  });

  test("of unknown contacts, without a time or a required property are rejected rows", async () => {
    const room = await roomWithPeople();
    room.put(
      "p.csv",
      "who,when,total,what\nana,2026-01-05,1,x\nnobody,2026-01-05,1,x\nana,yesterday,1,x\nana,,1,x\nana,2026-01-05,,x\n,2026-01-05,1,x\nana,2026-02-30,1,x\n",
    );
    const counts = valueFrom(await room.load(purchases));
    expect(counts).toMatchObject({ rows: 7, loaded: 1, added: 1, rejected: 6 });
    expect(room.rejects(counts).map((line) => line.split(",").slice(1, 4).join(","))).toEqual([
      "3,who,nobody",
      "4,when,yesterday",
      "5,when,",
      "6,total,",
      "7,who,",
      "8,when,2026-02-30",
    ]);
  });

  test("that are yet to happen load, and are counted", async () => {
    const room = await roomWithPeople();
    room.put("p.csv", "who,when,total\nana,2026-03-02T09:00:00Z,1\nana,2026-03-02T09:00:01Z,1\nana,2030-01-01,1\n");
    expect(
      valueFrom(await room.load({ ...purchases, map: { contact: "who", at: "when", amount: "total" } })),
    ).toMatchObject({ added: 3, future: 2 });
  });

  test("of several files load in the order of their names, the same event only once", async () => {
    const room = await roomWithPeople();
    room.put("in/b.csv", "who,when,total,what\nbo,2026-01-06,7,\n");
    room.put("in/a.csv", "who,total,what,when\nana,11,Book,2026-01-05\nnobody,1,,2026-01-05\n");
    room.put("in/c.csv", "who,when,total,what\nana,2026-01-05,11,Book\n");
    room.put("in/ignored.txt", "nothing");
    const counts = valueFrom(await room.load({ ...purchases, path: "in/*.csv" }));
    expect(counts).toMatchObject({ rows: 4, added: 2, unchanged: 1, rejected: 1 });
    expect(room.rejects(counts)).toEqual([
      "in/a.csv,3,who,nobody,the row was rejected: there is no contact of this key",
    ]);
  });
});

describe("events of mail", () => {
  const mail = (to: string) => ({ to, path: "m.csv", map: { contact: "who", at: "when", topic: "topic" } });

  test("unsubscribed refuses its topic, or all mail, for the address", async () => {
    const room = await roomWithPeople();
    room.put("m.csv", "who,when,topic\nana,2026-01-05,Newsletter\nbo,2026-01-06,\ncy,2026-01-07,\n");
    valueFrom(await room.load(mail("unsubscribed")));
    valueFrom(await room.load(mail("unsubscribed")));
    expect(await room.query('SELECT address, topic, state, "at" FROM consent ORDER BY address')).toEqual([
      { address: "ana@x.example", topic: "newsletter", state: false, at: Date.UTC(2026, 0, 5) },
      { address: "bo@x.example", topic: "*", state: false, at: Date.UTC(2026, 0, 6) },
    ]);
    expect(await room.query("SELECT count(*) AS n, bool_or(machine) AS machine FROM event_unsubscribed")).toEqual([
      { n: 3, machine: false },
    ]);
  });

  test("unsubscribed from a topic that the project does not have refuses all mail", async () => {
    const room = await roomWithPeople();
    room.put("m.csv", "who,when,topic\nana,2026-01-05,old name\n");
    valueFrom(await room.load(mail("unsubscribed")));
    expect(await room.query("SELECT address, topic, state FROM consent")).toEqual([
      { address: "ana@x.example", topic: "*", state: false },
    ]);
  });

  test("bounced and complained suppress the address", async () => {
    const room = await roomWithPeople();
    room.put("m.csv", "who,when,topic\nana,2026-01-05,\nana,2026-01-04,\n");
    valueFrom(await room.load(mail("bounced")));
    valueFrom(await room.load(mail("complained")));
    valueFrom(await room.load(mail("opened")));
    expect(await room.query('SELECT address, reason, "at" FROM suppression ORDER BY reason')).toEqual([
      { address: "ana@x.example", reason: "bounced", at: Date.UTC(2026, 0, 4) },
      { address: "ana@x.example", reason: "complained", at: Date.UTC(2026, 0, 4) },
    ]);
  });
});

describe("lists and topics", () => {
  test("a list gains members and loses none", async () => {
    const room = await roomWithPeople();
    const load = { to: "vips", path: "l.csv", map: { contact: "who" } };
    room.put("l.csv", "who,x\nana,1\nbo,1\nana,2\nzoe,1\n");
    expect(valueFrom(await room.load(load))).toMatchObject({ rows: 4, added: 2, unchanged: 0, rejected: 1 });
    room.put("l.csv", "who,x\ncy,1\nana,1\n");
    expect(valueFrom(await room.load(load))).toMatchObject({ added: 1, unchanged: 1 });
    expect(await room.query("SELECT list, contact_id, added_at FROM list_member ORDER BY 2")).toEqual(
      ["ana", "bo", "cy"].map((contact_id) => ({ list: "vips", contact_id, added_at: Date.UTC(2026, 2, 2, 9) })),
    );
  });

  test("a topic records who agreed and who refused, when, and from where", async () => {
    const room = await roomWithPeople();
    room.put(
      "t.csv",
      "who,ok,when,from\nana,yes,2026-01-05,form\nbo,no,2026-01-06,\ncy,yes,2026-01-07,form\nana,maybe,2026-01-08,x\n",
    );
    const load = { to: "newsletter", path: "t.csv", map: { contact: "who", state: "ok", at: "when", source: "from" } };
    expect(valueFrom(await room.load(load))).toMatchObject({ rows: 4, added: 2, rejected: 2 });
    expect(valueFrom(await room.load(load))).toMatchObject({ rows: 4, added: 0, unchanged: 2, rejected: 2 });
    expect(await room.query("SELECT * FROM consent ORDER BY address")).toEqual([
      { address: "ana@x.example", topic: "newsletter", state: true, at: Date.UTC(2026, 0, 5), source: "form" },
      { address: "bo@x.example", topic: "newsletter", state: false, at: Date.UTC(2026, 0, 6), source: "load" },
    ]);
  });

  test("a topic without times records only what is news", async () => {
    const room = await roomWithPeople();
    const load = { to: "tips", path: "t.csv", map: { contact: "who", state: "ok" } };
    room.put("t.csv", "who,ok\nana,yes\nbo,yes\n");
    expect(valueFrom(await room.load(load))).toMatchObject({ added: 2 });
    room.put("t.csv", "who,ok\nana,yes\nbo,no\n");
    expect(valueFrom(await room.load(load))).toMatchObject({ added: 1, unchanged: 1 });
    expect(await room.query("SELECT address, state FROM consent ORDER BY address, state")).toEqual([
      { address: "ana@x.example", state: true },
      { address: "bo@x.example", state: false },
      { address: "bo@x.example", state: true },
    ]);
  });
});
