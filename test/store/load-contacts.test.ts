// Contacts and companies from CSV: added, brought up to date, never deleted, and every row accounted for.

import { describe, expect, test } from "vitest";
import { loadRoom } from "../support/load-room.ts";
import { valueFrom } from "../support/scratch.ts";

const people = { contact: "id text key, email email, name text?, seats number?, tags list of text" };
const map = { id: "ID", email: "E-mail", name: "Name", seats: "Seats" };

describe("loading contacts", () => {
  test("adds, and the same file again changes nothing", async () => {
    const room = await loadRoom(people);
    room.put("a.csv", "ID,E-mail,Name,Seats\n1,a@x.example, Ana ,3\n2,b@x.example,,\n");
    const load = { to: "contact", path: "a.csv", map };
    const first = valueFrom(await room.load(load));
    expect(first).toEqual({
      rows: 2,
      loaded: 2,
      added: 2,
      updated: 0,
      unchanged: 0,
      rejected: 0,
      duplicates: 0,
      unknownValues: 0,
      future: 0,
      rejectsFile: null,
    });
    expect(await room.query("SELECT contact_id, email, name, seats FROM contact ORDER BY 1")).toEqual([
      { contact_id: "1", email: "a@x.example", name: "Ana", seats: 3 },
      { contact_id: "2", email: "b@x.example", name: null, seats: null },
    ]);
    expect(valueFrom(await room.load(load))).toMatchObject({ rows: 2, added: 0, updated: 0, unchanged: 2 });
  });

  test("brings rows up to date by their key, writes every mapped field, and deletes nobody", async () => {
    const room = await loadRoom(people);
    room.put("a.csv", "ID,E-mail,Name,Seats\n1,a@x.example,Ana,3\n2,b@x.example,Bo,4\n3,c@x.example,Cy,5\n");
    room.put("b.csv", "ID,E-mail,Name,Seats\n2,b@x.example,Bo,4\n3,c@x.example,,6\n4,d@x.example,Di,7\n");
    valueFrom(await room.load({ to: "contact", path: "a.csv", map }));
    expect(valueFrom(await room.load({ to: "contact", path: "b.csv", map }))).toMatchObject({
      rows: 3,
      added: 1,
      updated: 1,
      unchanged: 1,
    });
    expect(await room.query("SELECT contact_id, name, seats FROM contact ORDER BY 1")).toEqual([
      { contact_id: "1", name: "Ana", seats: 3 },
      { contact_id: "2", name: "Bo", seats: 4 },
      { contact_id: "3", name: null, seats: 6 },
      { contact_id: "4", name: "Di", seats: 7 },
    ]);
  });

  test("leaves fields alone that it does not map", async () => {
    const room = await loadRoom(people);
    room.put("a.csv", "ID,E-mail,Name,Seats\n1,a@x.example,Ana,3\n");
    room.put("b.csv", "ID,E-mail\n1,new@x.example\n2,b@x.example\n");
    valueFrom(await room.load({ to: "contact", path: "a.csv", map }));
    valueFrom(await room.load({ to: "contact", path: "b.csv", map: { id: "ID", email: "E-mail" } }));
    expect(await room.query("SELECT contact_id, email, name, seats FROM contact ORDER BY 1")).toEqual([
      { contact_id: "1", email: "new@x.example", name: "Ana", seats: 3 },
      { contact_id: "2", email: "b@x.example", name: null, seats: null },
    ]);
  });

  test("of rows with one key the last wins, and those that said something else are reported", async () => {
    const room = await loadRoom(people);
    room.put(
      "a.csv",
      "ID,E-mail,Name,Seats\n1,a@x.example,Old,3\n2,b@x.example,Bo,\n1,a@x.example,New,4\n2,b@x.example,Bo,\n",
    );
    const counts = valueFrom(await room.load({ to: "contact", path: "a.csv", map }));
    expect(counts).toMatchObject({ rows: 4, loaded: 4, added: 2, unchanged: 0, duplicates: 1, rejected: 0 });
    expect(room.rejects(counts)).toEqual(['a.csv,2,ID,1,"duplicate key, a later row won"']);
    expect(await room.query("SELECT name FROM contact WHERE contact_id = '1'")).toEqual([{ name: "New" }]);
  });

  test("a value that does not fit is unknown where it may be, else its row is rejected; both name line and column", async () => {
    const room = await loadRoom(people);
    room.put(
      "a.csv",
      'ID,E-mail,Name,Seats\n1,a@x.example,Ana,many\n2,nobody,Bo,1\n,c@x.example,Cy,2\n4,,Di,3\n5,e@x.example,"two\nlines",x\n6,f@x.example,Fi,"1,000"\n',
    );
    const counts = valueFrom(await room.load({ to: "contact", path: "a.csv", map }));
    expect(counts).toMatchObject({ rows: 6, loaded: 3, added: 3, rejected: 3, unknownValues: 3 });
    expect(room.rejects(counts)).toEqual([
      "a.csv,2,Seats,many,this is not a plain number such as 1234.5; it was loaded as unknown",
      "a.csv,3,E-mail,nobody,this is not an email address; the row was rejected",
      "a.csv,4,ID,,the row was rejected: required and empty: id",
      "a.csv,5,E-mail,,the row was rejected: required and empty: email",
      "a.csv,6,Seats,x,this is not a plain number such as 1234.5; it was loaded as unknown",
      'a.csv,8,Seats,"1,000",this is not a plain number such as 1234.5; it was loaded as unknown',
    ]);
    expect(await room.query("SELECT contact_id, seats FROM contact ORDER BY 1")).toEqual([
      { contact_id: "1", seats: null },
      { contact_id: "5", seats: null },
      { contact_id: "6", seats: null },
    ]);
  });

  test("companies go the same way", async () => {
    const room = await loadRoom({ ...people, company: "domain text key, employees number?" });
    room.put("c.csv", "Domain;Size\nx.example;12\ny.example;many\n");
    const counts = valueFrom(
      await room.load({ to: "company", path: "c.csv", map: { domain: "Domain", employees: "Size" } }),
    );
    expect(counts).toMatchObject({ added: 2, unknownValues: 1 });
    expect(await room.query("SELECT * FROM company ORDER BY 1")).toEqual([
      { company_id: "x.example", employees: 12 },
      { company_id: "y.example", employees: null },
    ]);
  });

  test("keys keep their letters and zeros", async () => {
    const room = await loadRoom({ contact: "id number key, email email" });
    room.put("a.csv", "id,email\n007,a@x.example\n7,b@x.example\nx,c@x.example\n");
    expect(
      valueFrom(await room.load({ to: "contact", path: "a.csv", map: { id: "id", email: "email" } })),
    ).toMatchObject({ added: 2, rejected: 1 });
    expect(await room.query("SELECT contact_id FROM contact ORDER BY 1")).toEqual([
      { contact_id: "007" },
      { contact_id: "7" },
    ]);
  });
});
