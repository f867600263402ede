// A process that dies while it writes a backup or puts one back: a backup is whole or not there, and so is a database.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { forget, restore } from "../../runtime/index.ts";
import { readMark } from "../../runtime/store/backup.ts";
import { backUp, databaseIn, day, fileIn, prepared, requestIn, rowsOf, within } from "../support/backup-shop.ts";
import { bundled, finished, start } from "../support/child.ts";
import { killSteps } from "../support/kill-steps.ts";
import { codeOf, query, scratchDatabase, scratchFolder, valueFrom } from "../support/scratch.ts";

const copyOf = (root: string): string => {
  const copy = scratchFolder();
  cpSync(root, copy, { recursive: true });
  return copy;
};

/** How many steps it takes where nobody dies. */
async function stepsOf(child: string, root: string, what: string): Promise<number> {
  const copy = copyOf(root);
  const whole = await finished(start(child, [join(copy, "state"), "0", what, fileIn(copy)]));
  expect(whole.out, whole.err).toMatch(/^\d+ steps$/);
  return Number.parseInt(whole.out, 10);
}

test("a backup that was killed is no backup by its name, and the next one is made all the same", async () => {
  const child = await bundled("test/support/backup-child.ts");
  const first = await prepared();
  const steps = await stepsOf(child, first, "backup");
  expect(steps).toBe(4);
  for (let killAt = 1; killAt <= steps; killAt++) {
    const root = copyOf(first);
    await finished(start(child, [join(root, "state"), String(killAt), "backup", fileIn(root)]));
    if (existsSync(fileIn(root))) expect(await readMark(fileIn(root))).toMatchObject({ project: "shop" });
    else valueFrom(await within(root, day(3), (engine) => engine.backup({ file: fileIn(root) })));
    expect(existsSync(fileIn(root)), `killed behind step ${killAt}`).toBe(true);
  }
}, 300_000);

test("an older backup is there until the new one is", async () => {
  const child = await bundled("test/support/backup-child.ts");
  const first = await prepared();
  await backUp(first);
  const old = readFileSync(fileIn(first));
  const steps = await stepsOf(child, first, "replace");
  for (let killAt = 1; killAt <= steps; killAt++) {
    const root = copyOf(first);
    await finished(start(child, [join(root, "state"), String(killAt), "replace", fileIn(root)]));
    const isOld = readFileSync(fileIn(root)).equals(old);
    expect(isOld).toBe(killAt < steps);
    if (!isOld) expect((await readMark(fileIn(root))).at).toBeGreaterThan(day(3));
  }
}, 300_000);

/** A shop with a backup, whose database has moved on, and one of whose people was forgotten since. */
async function movedOn(): Promise<string> {
  const root = await prepared();
  await backUp(root);
  await within(root, day(4), async (engine) => {
    writeFileSync(join(root, "people.csv"), "id,email,name,seats\nben,ben@x.example,Wrong,0\n");
    valueFrom(await engine.load({ names: ["contact"], at: day(4) }));
    const refusal = { contact: "ben", topic: "tips", isAgreed: false, by: "Eve", at: day(4) };
    valueFrom(await engine.consent(refusal));
  });
  valueFrom(await forget(requestIn(root), { contact: "zora-key" }, { storage: "plain" }));
  return root;
}

const people = "SELECT contact_id, first_name FROM contact WHERE contact_id <> 'bad' ORDER BY 1";

/** Who is in the database, and how many refusals of the time since the backup. */
async function seenIn(root: string) {
  const database = await scratchDatabase(databaseIn(root));
  const found = await query(database, people);
  const [refusals] = await query(database, "SELECT count(*) AS n FROM consent WHERE source = 'by Eve'");
  await database.close();
  return { people: found, refusals: Number(refusals?.n) };
}
const replaced = [{ contact_id: "ben", first_name: "Wrong" }];
const back = [{ contact_id: "ben", first_name: "Benedikt" }];

test("a restore that was killed leaves the old database or the new one, and can be run again", async () => {
  const child = await bundled("test/support/backup-child.ts");
  const first = await movedOn();
  const steps = await stepsOf(child, first, "restore");
  expect(steps).toBeGreaterThan(15);
  let hasOld = 0;
  const kills = killSteps(steps, 3);
  for (const killAt of kills) {
    const root = copyOf(first);
    await finished(start(child, [join(root, "state"), String(killAt), "restore", fileIn(root)]));
    const seen = await within(root, day(5), async (engine) => codeOf(await engine.contact("ben", day(5))));
    expect(seen).toBe("fine");
    const found = await seenIn(root);
    const isOld = JSON.stringify(found.people) === JSON.stringify(replaced);
    if (isOld) hasOld += 1;
    expect(found, `killed behind step ${killAt}`).toEqual({ people: isOld ? replaced : back, refusals: 1 });
    if (killAt % 2 !== 0) continue;
    expect(valueFrom(await restore(requestIn(root, day(6)), { file: fileIn(root) })).unread).toBe(null);
    expect(await seenIn(root)).toEqual({ people: back, refusals: 1 });
    const left = readdirSync(join(root, "state")).filter((name) => name.includes("restoring"));
    expect(left).toEqual([]);
  }
  expect(hasOld).toBeGreaterThan(kills.length / 2);
  expect(hasOld).toBeLessThan(kills.length);
}, 300_000);

test("a damaged database with a log of its own is kept whole, and its log never meets the new one", async () => {
  const child = await bundled("test/support/backup-child.ts");
  const first = await prepared();
  await backUp(first);
  const log = await scratchDatabase(databaseIn(first));
  await query(log, "PRAGMA disable_checkpoint_on_shutdown");
  await query(log, "CREATE TABLE later (n INTEGER)");
  await log.close();
  const bytes = readFileSync(databaseIn(first));
  writeFileSync(databaseIn(first), bytes.fill(0, 0, 3 * 4096));
  const wal = readFileSync(`${databaseIn(first)}.wal`);
  const steps = await stepsOf(child, first, "restore");
  const kept = /before-restore-[^.]*$/;
  for (const killAt of killSteps(steps + 1, 3)) {
    const root = copyOf(first);
    await finished(start(child, [join(root, "state"), String(killAt), "restore", fileIn(root)]));
    const isOld = readFileSync(databaseIn(root))
      .subarray(0, 4096)
      .every((byte) => byte === 0);
    if (isOld) expect(readFileSync(`${databaseIn(root)}.wal`).equals(wal)).toBe(true);
    else {
      const [name = ""] = readdirSync(join(root, "state")).filter((one) => kept.test(one));
      expect(readFileSync(join(root, "state", name)).equals(bytes)).toBe(true);
      expect(readFileSync(join(root, "state", `${name}.wal`)).equals(wal)).toBe(true);
    }
    if (isOld && killAt % 2 !== 0) continue;
    const again = isOld ? valueFrom(await restore(requestIn(root), { file: fileIn(root) })) : null;
    if (again) expect(again.unread?.code).toBe("F121");
    expect(await within(root, day(5), async (engine) => codeOf(await engine.contact("ben", day(5))))).toBe("fine");
  }
}, 300_000);

test("a full disk leaves no backup, and the old database", async () => {
  const child = await bundled("test/support/backup-child.ts");
  const root = await movedOn();
  const blocks = Math.floor(readFileSync(fileIn(root)).length / 1024 / 2);
  const limited = (what: string, file: string) =>
    execFileSync(
      "bash",
      [
        "-c",
        `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" "$@"`,
        process.execPath,
        child,
        join(root, "state"),
        "0",
        what,
        file,
      ],
      { encoding: "utf8" },
    ).trim();
  expect(limited("backup", join(root, "full.backup"))).toBe("F125");
  expect(limited("replace", fileIn(root))).toBe("F125");
  expect(limited("restore", fileIn(root))).toBe("F125");
  expect(readdirSync(root).filter((name) => /full|part/.test(name))).toEqual([]);
  expect(await rowsOf(databaseIn(root), people)).toEqual(replaced);
  rmSync(join(root, "state", "cadenza.duckdb"));
  expect(limited("restore", fileIn(root))).toBe("F125");
  expect(existsSync(databaseIn(root))).toBe(false);
}, 120_000);
