// `cadenza export` and `cadenza forget`.

import { expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";
import { shopFiles, shopSource } from "../support/forget-shop.ts";

test("a person's data is exported, then forgotten", async () => {
  const cwd = projectOf({ "a.cdz": shopSource, ...shopFiles });
  await cadenza(["load", "--now", "2026-03-01"], { cwd });
  const exported = await cadenza(["export", "zora-key", "--json"], { cwd });
  expect(exported).toMatchObject({ code: 0, stderr: "" });
  const { contact, tables } = JSON.parse(exported.stdout);
  expect(contact).toBe("zora-key");
  expect(Object.keys(tables)).toEqual(["consent", "contact", "contact_change", "event_signed_up", "list_member"]);
  expect(tables.event_signed_up).toMatchObject([{ occurred_at: "2026-03-02T10:00:00Z", note: "call Zorabelle" }]);
  expect(exported.stdout).not.toContain("Benedikt");
  expect((await cadenza(["export", "zora-key"], { cwd })).stdout).toContain("  first_name: Zorabelle\n");
  expect(await cadenza(["forget", "zora-key"], { cwd })).toMatchObject({
    code: 0,
    stdout: "Forgot zora-key.\n",
    stderr: "",
  });
  expect(await cadenza(["forget", "zora-key"], { cwd })).toMatchObject({
    code: 0,
    stdout: "zora-key was forgotten before.\n",
  });
  expect((await cadenza(["export", "zora-key"], { cwd })).stderr).toContain("F118");
  const again = await cadenza(["load", "contact", "--json"], { cwd });
  expect(again.stdout).toContain('"rejected": 1');
}, 60_000);
