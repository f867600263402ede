// Writes mails under a limit on the size of files, and prints what became of each; run in a process of its own.

import { openFiles } from "../../runtime/mail/files.ts";

const [folder = "", small = "", large = ""] = process.argv.slice(2);
const opened = openFiles(folder);
if (!opened.ok) throw new Error(opened.failure.text);
const outcomes = [];
for (const [sendId, size] of [
  ["aa01", small],
  ["aa02", large],
  ["aa03", small],
] as const) {
  const outcome = await opened.value.send({
    sendId,
    from: "ana@acme.example",
    to: "zoe@x.example",
    replyTo: null,
    subject: "Hi",
    html: "<p>Hi</p>",
    text: "x".repeat(Number(size)),
    headers: [],
    files: [],
    labels: [],
    at: 0,
  });
  outcomes.push({ outcome, found: await opened.value.find?.(sendId, 0) });
}
console.log(JSON.stringify(outcomes));
