// Forgetting: nothing of the person is left in any file, nothing brings the person back, and a process that is killed on the way
// has not begun or is ended by the next.

import { cpSync, existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { forget, open, type OpenRequest, virtualClock } from "../../runtime/index.ts";
import { compile } from "../../runtime/index.ts";
import { openFiles } from "../../runtime/mail/files.ts";
import { copyDatabase } from "../../runtime/store/copy.ts";
import { readErased } from "../../runtime/store/tombstones.ts";
import { bundled, finished, start } from "../support/child.ts";
import { shopFiles, shopSource } from "../support/forget-shop.ts";
import { killSteps } from "../support/kill-steps.ts";
import { codeOf, scratchFolder, valueFrom } from "../support/scratch.ts";

const { plan } = compile([{ path: "a.cdz", text: shopSource }]);
if (!plan) throw new Error("the source has errors");
const own = plan;
const clock = virtualClock(Date.UTC(2026, 2, 1));
const day = (date: number) => Date.UTC(2026, 2, date);

const requestIn = (root: string): OpenRequest => ({
  plan: own,
  database: { folder: join(root, "state") },
  dataDir: root,
  clock,
  mailer: valueFrom(openFiles(join(root, "state", "mail"))),
});

const texts = ["zora-key", "zora@secret.example", "Zorabelle"];

/** Paths of the files in which one of the texts stands, whatever its letter case. */
function filesWith(folder: string): readonly string[] {
  const all = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  const has = (name: string) => {
    const bytes = readFileSync(join(folder, name)).toString("latin1").toLowerCase();
    return texts.some((text) => bytes.includes(text.toLowerCase()));
  };
  return all.filter(has).map((name) => name.replace(/[0-9a-f]{32}/, "ID").replace(/\/[0-9a-f]{2}\//, "/../"));
}

/** A state in which both were greeted, with texts that lie in the file as they are. */
async function prepared(): Promise<string> {
  const root = scratchFolder();
  for (const [name, text] of Object.entries(shopFiles)) writeFileSync(join(root, name), text);
  const engine = valueFrom(await open(requestIn(root)));
  valueFrom(await engine.apply(day(1)));
  valueFrom(await engine.load({ at: day(1) }));
  valueFrom(await engine.tick(day(3)));
  valueFrom(await engine.segments(day(3)));
  await engine.close();
  const path = join(root, "state", "cadenza.duckdb");
  await copyDatabase(path, `${path}.plain`, { storage: "plain" });
  renameSync(`${path}.plain`, path);
  return root;
}

test("nothing of the person is left, and the others are as they were", async () => {
  const root = await prepared();
  const state = join(root, "state");
  expect(filesWith(state)).toEqual(
    expect.arrayContaining(["cadenza.duckdb", "mail/../ID.eml", expect.stringContaining("rejects/vips")]),
  );
  const done = await forget(requestIn(root), { contact: "zora-key", at: day(4) }, { storage: "plain" });
  expect(done).toEqual({ ok: true, value: { contact: "zora-key", isNew: true, contacts: 1 } });
  expect(filesWith(state)).toEqual([]);
  expect(statSync(join(state, "erased.key")).mode & 0o777).toBe(0o600);
  const engine = valueFrom(await open(requestIn(root)));
  expect(codeOf(await engine.contact("zora-key", day(4)))).toBe("F118");
  expect(valueFrom(await engine.contact("ben", day(4))).enrollments).toHaveLength(1);
  expect(valueFrom(await engine.evaluate("Known", { at: day(4) })).members).toEqual(["ben"]);
  valueFrom(await engine.tick(day(5)));
  await engine.close();
});

test("the same rows loaded again bring nobody back, and are counted", async () => {
  const root = await prepared();
  valueFrom(await forget(requestIn(root), { contact: "zora-key" }, { storage: "plain" }));
  // By another key, but of that address, whatever its letter case.
  writeFileSync(join(root, "people.csv"), `${shopFiles["people.csv"]}zora-2,ZORA@secret.example ,Zorabelle,8\n`);
  const engine = valueFrom(await open(requestIn(root)));
  const reports = valueFrom(await engine.load({ at: day(4) }));
  await engine.close();
  expect(reports.map(({ name, added, rejected }) => [name, added, rejected])).toEqual([
    ["contact", 0, 2],
    ["vips", 0, 2],
    ["tips", 0, 1],
    ["signed_up", 0, 1],
  ]);
  const rejects = readFileSync(reports[0]?.rejectsFile ?? "", "utf8");
  expect(rejects.split("\n").filter((line) => line.includes("this person was forgotten"))).toHaveLength(2);
  const told = filesWith(join(root, "state"));
  // The row that is no person's, in which the name stands by itself, is told of as before.
  expect(told.filter((name) => !name.startsWith("rejects/"))).toEqual([]);
  expect(rejects.toLowerCase()).not.toContain("secret.example");
});

test("an older database that is put back is erased again when it is opened", async () => {
  const root = await prepared();
  const state = join(root, "state");
  cpSync(join(state, "cadenza.duckdb"), join(root, "old.duckdb"));
  valueFrom(await forget(requestIn(root), { contact: "zora-key" }, { storage: "plain" }));
  cpSync(join(root, "old.duckdb"), join(state, "cadenza.duckdb"));
  const engine = valueFrom(await open(requestIn(root)));
  expect(codeOf(await engine.contact("zora-key", day(4)))).toBe("F118");
  await engine.close();
  valueFrom(await forget(requestIn(root), { contact: "ben" }, { storage: "plain" }));
  expect(filesWith(state)).toEqual([]);
});

test("who is forgotten twice, unknown, or shares an address", async () => {
  const root = await prepared();
  expect(codeOf(await forget(requestIn(root), { contact: "nobody" }))).toBe("F118");
  expect(existsSync(join(root, "state", "erased.key"))).toBe(false);
  writeFileSync(join(root, "people.csv"), "id,email,name,seats\ntwin,ZORA@secret.example,Zorabelle,7\n");
  const engine = valueFrom(await open(requestIn(root)));
  valueFrom(await engine.load({ names: ["contact"], at: day(4) }));
  await engine.close();
  expect(codeOf(await forget(requestIn(root), { contact: "zora-key" }))).toBe("F504");
  const both = await forget(requestIn(root), { contact: "zora-key", withSameAddress: true }, { storage: "plain" });
  expect(valueFrom(both)).toMatchObject({ isNew: true, contacts: 2 });
  expect(valueFrom(await forget(requestIn(root), { contact: "twin" }))).toMatchObject({ isNew: false });
  writeFileSync(join(root, "state", "erased.key"), "");
  expect(codeOf(await open(requestIn(root)))).toBe("F505");
});

test("a process that is killed has not begun, or the next one ends it", async () => {
  const file = await bundled("test/support/forget-child.ts");
  const first = await prepared();
  const whole = await finished(start(file, [join(await copyOf(first), "state"), "0", "zora-key"]));
  const steps = Number(/^(\d+) steps$/.exec(whole.out)?.[1]);
  expect(steps).toBeGreaterThan(8);
  for (const killAt of killSteps(steps, 2)) {
    const root = await copyOf(first);
    const state = join(root, "state");
    const killed = await finished(start(file, [state, String(killAt), "zora-key"]));
    expect(killed.code).not.toBe(0);
    const hasBegun = readErased(state) !== null;
    // Whoever opens the database next ends it.
    expect(codeOf(await forget(requestIn(root), { contact: "nobody" }, { storage: "plain" }))).toBe("F118");
    if (!hasBegun) expect(killAt).toBeLessThan(2);
    const engine = valueFrom(await open(requestIn(root)));
    expect(codeOf(await engine.contact("zora-key", day(4)))).toBe(hasBegun ? "F118" : "fine");
    expect(valueFrom(await engine.evaluate("Known", { at: day(4) })).members).toContain("ben");
    await engine.close();
    if (hasBegun) expect(filesWith(state), `killed behind step ${killAt}`).toEqual([]);
  }
}, 300_000);

async function copyOf(root: string): Promise<string> {
  const copy = scratchFolder();
  cpSync(root, copy, { recursive: true });
  return copy;
}
