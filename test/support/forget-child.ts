// A process that forgets somebody, and kills itself behind the nth step of it.

import { compile, forget } from "../../runtime/index.ts";
import { shopSource } from "./forget-shop.ts";

const [folder = "", killAt = "0", contact = ""] = process.argv.slice(2);
const { plan } = compile([{ path: "a.cdz", text: shopSource }]);
if (!plan) throw new Error("the source has errors");
let steps = 0;
const done = await forget(
  { plan, database: { folder } },
  { contact },
  {
    storage: "plain",
    onStep: () => {
      steps += 1;
      if (steps === Number(killAt)) process.kill(process.pid, "SIGKILL");
    },
  },
);
console.log(done.ok ? `${steps} steps` : done.failure.text);
