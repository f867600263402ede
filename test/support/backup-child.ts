// A process that writes a backup or puts one back, and kills itself behind the nth step of it.

import { compile, open, systemClock } from "../../runtime/index.ts";
import { backUp } from "../../runtime/preserving/backing-up.ts";
import { restore } from "../../runtime/preserving/restoring.ts";
import { shopSource } from "./forget-shop.ts";

const [folder = "", killAt = "0", what = "", file = ""] = process.argv.slice(2);
const { plan } = compile([{ path: "a.cdz", text: shopSource }]);
if (!plan) throw new Error("the source has errors");
let steps = 0;
const onStep = () => {
  steps += 1;
  if (steps === Number(killAt)) process.kill(process.pid, "SIGKILL");
};
const request = { plan, database: { folder } };
if (what === "restore") {
  const done = await restore(request, { file }, { onStep, storage: "plain" });
  console.log(done.ok ? `${steps} steps` : done.failure.code);
} else {
  const engine = await open({ ...request, isUntouched: true });
  if (!engine.ok) throw new Error(engine.failure.text);
  const { caught } = await import("../../runtime/caught.ts");
  const done = await caught(() => backUp(request, systemClock(), { file, replaces: what === "replace" }, { onStep }));
  console.log(done.ok ? `${steps} steps` : done.failure.code);
  await engine.value.close();
}
