// Files as they come: delimiters, line ends, encodings, malformed rows, and everything that is not the file meant.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import iconv from "iconv-lite";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { runLoad } from "../../runtime/store/load/run-load.ts";
import { type LoadNotation, loadOf, sourceOf } from "../support/load-of.ts";
import { type LoadRoom, loadRoom } from "../support/load-room.ts";
import { codeOf, valueFrom } from "../support/scratch.ts";
import { planOf } from "../support/plan-of.ts";

const notation = { contact: "id text key, email email?, name text?" };
const load: LoadNotation = { to: "contact", path: "a.csv", map: { id: "id", name: "name" } };

async function names(room: LoadRoom): Promise<Readonly<Record<string, unknown>>> {
  const rows = await room.query("SELECT contact_id, name FROM contact ORDER BY contact_id");
  return Object.fromEntries(rows.map((row) => [row.contact_id, row.name]));
}

/** Loads one file and says who is there then. */
async function loaded(content: string | Uint8Array, more: Partial<LoadNotation> = {}) {
  const room = await loadRoom(notation);
  room.put("a.csv", content);
  const counts = valueFrom(await room.load({ ...load, ...more }));
  return { counts, names: await names(room), rejects: room.rejects(counts) };
}

describe("shapes of CSV", () => {
  test.each([
    ["commas", "id,name\n1,Ana\n2,Bo\n"],
    ["semicolons, with commas inside", "id;name\n1;Ana\n2;Bo\n"],
    ["tabs", "id\tname\n1\tAna\n2\tBo\n"],
    ["bars", "id|name\n1|Ana\n2|Bo\n"],
    ["CRLF", "id,name\r\n1,Ana\r\n2,Bo\r\n"],
    ["line ends of both kinds", 'id,name\r\n1,Ana\n2,"Bo"\r\n'],
    ["line ends of very old systems", "id,name\r1,Ana\r2,Bo\r"],
    ["no line end at the end", "id,name\n1,Ana\n2,Bo"],
    ["a byte order mark", "\ufeffid,name\n1,Ana\n2,Bo\n"],
    ["a byte order mark and quotes", '\ufeff"id","name"\n"1","Ana"\n"2","Bo"\n'],
    ["empty lines", "\nid,name\n\n1,Ana\n   \n2,Bo\n\n"],
    ["blanks round quotes", 'id,name\n1, "Ana" \n2, "Bo"\n'],
    ["a delimiter too many", "id,name\n1,Ana,\n2,Bo,\n"],
    ["other letters in the header", " ID , Name \n1,Ana\n2,Bo\n"],
    ["columns in another order, and more of them", "x,name,y,id\n,Ana,,1\n,Bo,,2\n"],
  ])("%s", async (_, content) => {
    const { counts, names: people } = await loaded(content);
    expect(counts).toMatchObject({ rows: 2, added: 2, rejected: 0, rejectsFile: null });
    expect(people).toEqual({ 1: "Ana", 2: "Bo" });
  });

  test("quotes, line breaks and delimiters inside a value", async () => {
    const { names: people } = await loaded('id,name\n1,"A ""q"", b\nc"\n2,it"s\n3,\'x\'\n');
    expect(people).toEqual({ 1: 'A "q", b\nc', 2: 'it"s', 3: "'x'" });
  });

  test("no header, by place", async () => {
    const { names: people } = await loaded("Ana,x,1\nBo,y,2\n", { hasHeader: false, map: { id: 3, name: 1 } });
    expect(people).toEqual({ 1: "Ana", 2: "Bo" });
  });

  test("a header, by place", async () => {
    const { names: people } = await loaded("n,n\n1,Ana\n2,Bo\n", { map: { id: 1, name: 2 } });
    expect(people).toEqual({ 1: "Ana", 2: "Bo" });
  });

  test("runs of blanks, those in front and behind ignored", async () => {
    const content = " 00001   Ana\r\n  00002 Bo  \r\n00003\tCy\r\n";
    const { names: people } = await loaded(content, { delimiter: " ", hasHeader: false, map: { id: 1, name: 2 } });
    expect(people).toEqual({ "00001": "Ana", "00002": "Bo", "00003": "Cy" });
  });

  test("one column only", async () => {
    const { counts, names: people } = await loaded("id\n1\n\n2\n", { map: { id: "id" } });
    expect(counts).toMatchObject({ rows: 2, added: 2, rejected: 0 });
    expect(people).toEqual({ 1: null, 2: null });
  });

  test.each([
    ["nothing at all", ""],
    ["a header only", "id,name\n"],
    ["empty lines only", "\n\n"],
  ])("no rows: %s", async (_, content) => {
    expect((await loaded(content)).counts).toMatchObject({ rows: 0, loaded: 0, rejected: 0, rejectsFile: null });
  });

  test("rows where", async () => {
    const room = await loadRoom(notation);
    room.put("a.csv", "id,name,kind\n1,Ana,a\n2,Bo,B \n3,Cy,c\n4,Di,\nx,,b\n");
    const where = (isNegated: boolean, values: readonly string[]) => [{ column: sourceOf("kind"), isNegated, values }];
    expect(valueFrom(await room.load({ ...load, rowsWhere: where(false, ["a", "b"]) }))).toMatchObject({
      rows: 3,
      added: 3,
    });
    expect(await names(room)).toEqual({ 1: "Ana", 2: "Bo", x: null });
    const rest = { ...load, rowsWhere: [...where(true, ["a"]), ...where(true, ["b"])] };
    expect(valueFrom(await room.load(rest))).toMatchObject({ rows: 2, added: 2 });
  });

  test("rejected rows keep their lines where others are left out", async () => {
    const room = await loadRoom({ contact: "id text key, email email" });
    room.put("a.csv", "id,email,kind\n1,a@x.example,a\n2,nobody,b\n\n3,nobody,a\n");
    const rowsWhere = [{ column: sourceOf("kind"), isNegated: false, values: ["a"] }];
    const counts = valueFrom(
      await room.load({ to: "contact", path: "a.csv", map: { id: "id", email: "email" }, rowsWhere }),
    );
    expect(counts).toMatchObject({ rows: 2, rejected: 1 });
    expect(room.rejects(counts)).toEqual(["a.csv,5,email,nobody,this is not an email address; the row was rejected"]);
  });
});

describe("paths", () => {
  const people = (id: number) => `id,name\n${id},Ana\n`;

  test("a file whose name looks like a pattern is the one that is read", async () => {
    const room = await loadRoom(notation);
    room.put("in[1]/a[1].csv", people(1));
    for (const path of ["in1/a1.csv", "in1/a[1].csv", "in[1]/a1.csv"]) room.put(path, people(2));
    const parquet = (path: string, id: number) =>
      room.query(`COPY (SELECT ${id} AS id, 'Cy' AS name) TO '${join(room.folder, path)}' (FORMAT parquet)`);
    await parquet("in[1]/a[1].parquet", 3);
    await parquet("in[1]/a1.parquet", 4);
    expect(valueFrom(await room.load({ ...load, path: "in[1]/a[1].csv" }))).toMatchObject({ added: 1 });
    expect(valueFrom(await room.load({ ...load, path: "in[1]/a[1].parquet", format: "parquet" }))).toMatchObject({
      added: 1,
    });
    expect(await names(room)).toEqual({ 1: "Ana", 3: "Cy" });
  });

  test("a pattern finds its files below a folder whose name looks like one, and from the root", async () => {
    const room = await loadRoom(notation);
    room.put("in[1]/a.csv", people(1));
    room.put("in[1]/b.csv", people(2));
    room.put("in1/c.csv", people(3));
    const below = loadOf(room.catalog, { ...load, path: "*.csv" });
    const options = { dataDir: join(room.folder, "in[1]"), now: 0, rejectsDir: join(room.folder, "rejects") };
    const found = await runLoad(room.database, planOf(room.catalog), below, options);
    expect(valueFrom(found)).toMatchObject({ rows: 2, added: 2 });
    const rooted = { ...load, path: join(room.folder, "in1", "*.csv") };
    expect(valueFrom(await room.load(rooted))).toMatchObject({ rows: 1, added: 1 });
  });
});

describe("encodings", () => {
  const content = "id,name\n1,Zoë Müller-Łukasz\n2,Bo\n";
  test.each([
    ["utf-16, known by its mark", "utf-16", null, content],
    ["utf-16be", "utf16-be", "utf-16be", content],
    ["latin-1", "latin1", "latin-1", content.replace("Ł", "L")],
    ["windows-1252", "win1252", "windows-1252", content.replace("Ł", "€")],
    ["iso-8859-2", "iso88592", "iso-8859-2", content.replace("Zoë", "Zoé")],
    ["shift_jis", "Shift_JIS", "shift_jis", "id,name\n1,表示 山田,\n2,Bo\n"],
  ])("%s", async (_, encoding, declared, text) => {
    const { counts, names: people } = await loaded(
      iconv.encode(text, encoding, { addBOM: declared === null }),
      declared === null ? {} : { encoding: declared },
    );
    expect(counts).toMatchObject({ added: 2, rejected: 0 });
    expect(people).toEqual({ 1: /1,([^,\n]*)/.exec(text)?.[1], 2: "Bo" });
  });

  test("Latin-1 that nobody announced rejects the rows that are not UTF-8, and says what to do", async () => {
    const { counts, rejects } = await loaded(iconv.encode("id,name\n1,Zoë\n2,Bo\n", "latin1"));
    expect(counts).toMatchObject({ rows: 2, added: 1, rejected: 1 });
    expect(rejects).toEqual([
      'a.csv,2,,"1,Zo�",the row was rejected: it is not UTF-8; name the file\'s encoding in the load',
    ]);
  });
});

describe("malformed rows are rejected, and nothing else stops", () => {
  test("too many or too few columns, stray quotes, a row that is too long", async () => {
    const long = `7,"${"x".repeat(3_000_000)}"`;
    const {
      counts,
      names: people,
      rejects,
    } = await loaded(`id,name\n1,Ana\n2\n3,Cy,more\n4,"Di" x\n5,"Ed\n6,Fi\n${long}\n8,"Gu\nst"\n9,Hy\n`);
    expect(Object.keys(people)).toEqual(["1", "6", "8", "9"]);
    expect(people["8"]).toBe("Gu\nst");
    expect(counts).toMatchObject({ rows: 9, loaded: 4, rejected: 5 });
    expect(rejects.map((line) => line.replace(/x{9,}/, "…"))).toEqual([
      "a.csv,3,,2,the row was rejected: it has one column instead of 2",
      'a.csv,4,,"3,Cy,more",the row was rejected: it has 3 columns instead of 2',
      'a.csv,5,,"4,""Di"" x",the row was rejected: text follows a closing quote',
      'a.csv,6,,"5,""Ed",the row was rejected: text follows a closing quote',
      'a.csv,8,,"7,""…",the row was rejected: it is longer than 2 MB',
    ]);
  });

  test("a quote that never closes", async () => {
    const { names: people, rejects } = await loaded(
      `id,name\n1,"Ana\n${Array.from({ length: 2000 }, (_, index) => `${index + 2},n\n`).join("")}`,
    );
    expect(Object.keys(people)).toHaveLength(2000);
    expect(rejects).toEqual(['a.csv,2,,"1,""Ana",the row was rejected: a quote opens here and never closes']);
  });

  test("a line of 50 MB between others", async () => {
    const room = await loadRoom(notation);
    room.put(
      "a.csv",
      Buffer.concat([Buffer.from("id,name\n1,Ana\n2,"), Buffer.alloc(50_000_000, "y"), Buffer.from("\n3,Cy\n")]),
    );
    const counts = valueFrom(await room.load(load));
    expect(counts).toMatchObject({ rows: 3, added: 2, rejected: 1 });
    expect(await names(room)).toEqual({ 1: "Ana", 3: "Cy" });
  });

  test("cells that a spreadsheet would run are written so that it does not", async () => {
    const room = await loadRoom({ contact: "id text key, email email" });
    room.put("a.csv", 'id,email\n1,"=HYPERLINK(""x"")"\n2,@x\n3,-1\n');
    const counts = valueFrom(await room.load({ to: "contact", path: "a.csv", map: { id: "id", email: "email" } }));
    expect(room.rejects(counts).map((line) => line.split(",")[3])).toEqual(['"\'=HYPERLINK(""x"")"', "'@x", "'-1"]);
  });
});

describe("what cannot be loaded at all", () => {
  async function failed(prepare: (room: LoadRoom) => void, more: Partial<LoadNotation> = {}) {
    const room = await loadRoom(notation);
    room.put("ok.csv", "id,name\n1,Ana\n");
    valueFrom(await room.load({ ...load, path: "ok.csv" }));
    prepare(room);
    const result = await room.load({ ...load, ...more });
    expect(await names(room)).toEqual({ 1: "Ana" });
    expect(await room.query("SELECT count(*) AS n FROM load_batch")).toEqual([{ n: 1 }]);
    return { code: codeOf(result), text: result.ok ? "" : `${result.failure.text} ${result.failure.help}` };
  }
  const nothing = () => undefined;

  test("no such file, a folder, no match", async () => {
    expect((await failed(nothing)).code).toBe("F101");
    expect((await failed(({ folder }) => mkdirSync(join(folder, "a.csv")))).code).toBe("F141");
    expect((await failed(nothing, { path: "in/*.csv" })).code).toBe("F140");
  });

  test("a binary file", async () => {
    expect((await failed((room) => room.put("a.csv", Buffer.from([0x89, 0x50, 0, 0, 1, 2, 3])))).code).toBe("F143");
  });

  test("a header without a mapped column names the nearest", async () => {
    const { code, text } = await failed((room) => room.put("a.csv", "id,nmae\n1,Ana\n"));
    expect(code).toBe("F144");
    expect(text).toContain("`nmae`");
  });

  test("two columns of one name, where it is mapped", async () => {
    expect((await failed((room) => room.put("a.csv", "id,name,Name,name\n1,a,b,c\n"))).code).toBe("F145");
    const room = await loadRoom(notation);
    room.put("a.csv", "id,name,x,x\n1,Ana,,\n");
    expect(valueFrom(await room.load(load))).toMatchObject({ added: 1 });
  });

  test("a place behind the last column, and a name where there is no header", async () => {
    const file = (room: LoadRoom) => room.put("a.csv", "1,Ana\n");
    expect((await failed(file, { hasHeader: false, map: { id: 1, name: 3 } })).code).toBe("F148");
    expect((await failed(file, { hasHeader: false })).code).toBe("F153");
  });

  test("an encoding or a delimiter that does not exist", async () => {
    const file = (room: LoadRoom) => room.put("a.csv", "id,name\n1,Ana\n");
    expect((await failed(file, { encoding: "utf-99" })).code).toBe("F146");
    expect((await failed(file, { delimiter: "::" })).code).toBe("F150");
    expect((await failed((room) => room.put("a.csv", iconv.encode("id,naïve\n", "latin1")))).code).toBe("F155");
  });

  test("a first line without an end", async () => {
    expect((await failed((room) => room.put("a.csv", "x".repeat(600_000)))).code).toBe("F149");
  });

  test("no folder for what is written on the way", async () => {
    const room = await loadRoom(notation);
    room.put("a.csv", "id,name\n1,Ana\n2\n");
    vi.stubEnv("TMPDIR", join(room.folder, "gone"));
    onTestFinished(() => void vi.unstubAllEnvs());
    const result = await room.load(load);
    expect(codeOf(result)).toBe("F129");
    expect(result.ok ? "" : result.failure.text).toContain(join(room.folder, "gone"));
    expect(await room.query("SELECT count(*) AS n FROM contact")).toEqual([{ n: 0 }]);
  });

  test("a folder for rejects that cannot be made", async () => {
    const room = await loadRoom({ contact: "id text key, email email" });
    writeFileSync(join(room.folder, "rejects"), "a file");
    room.put("a.csv", "id,email\n1,a@x.example\n2,nobody\n");
    expect(codeOf(await room.load({ to: "contact", path: "a.csv", map: { id: "id", email: "email" } }))).toBe("F154");
    expect(await room.query("SELECT count(*) AS n FROM contact")).toEqual([{ n: 0 }]);
  });
});
