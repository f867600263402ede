// What is sent back: whole pages that work without scripts, that nobody may frame or keep, and that tell no other site where
// they were.

import { createHash } from "node:crypto";
import { html, type Markup } from "../markup.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** True: the connection ends behind it. */
  readonly isLast?: boolean;
}

const sheet = `:root { color-scheme: light dark; --text: #1d2430; --quiet: #5b6675; --page: #f5f7fa; --card: #ffffff; --line: #d5dbe3;
  --link: #0b5cad; --button: #0b5cad; --on-button: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e8ee; --quiet: #a3adba; --page: #14181f; --card: #1d232c;
  --line: #39424f; --link: #7ab8ff; --button: #7ab8ff; --on-button: #0c1624; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 18px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 34rem; margin: 2rem auto; padding: 1rem 1.5rem 1.5rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 12px; overflow-wrap: anywhere; }
@media (max-width: 36rem) { main { margin: 0; border: 0; border-radius: 0; padding: .5rem 1rem 1.5rem; } }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .75rem 0; }
p { margin: .75rem 0; }
a { color: var(--link); }
.quiet { color: var(--quiet); }
form { margin: 1.25rem 0; }
fieldset { border: 0; margin: 0; padding: 0; }
legend { padding: 0; color: var(--quiet); }
label { display: flex; gap: .75rem; align-items: center; min-height: 2.75rem; padding: .4rem 0; }
input { width: 1.35rem; height: 1.35rem; flex: none; margin: 0; accent-color: var(--button); }
button { font: inherit; min-height: 2.75rem; padding: .4rem 1.25rem; border-radius: 8px; border: 2px solid var(--button);
  background: var(--button); color: var(--on-button); cursor: pointer; max-width: 100%; }
button.other { background: transparent; color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 3px; }`;

const sheetHash = createHash("sha256").update(sheet).digest("base64");

const pageHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${sheetHash}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  // The address of the page is the key to it.
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex, nofollow",
};

export interface Page {
  readonly title: string;
  readonly content: Markup;
}

/** `status` 200 where absent. */
export function pageAnswer({ title, content }: Page, status = 200, more: Answer["headers"] = {}): Answer {
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${{ markup: sheet }}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  return { status, headers: { ...pageHeaders, ...more }, body: markup };
}

/** Words alone, for programs that ask. */
export function plainAnswer(status: number, words: string, more: Answer["headers"] = {}): Answer {
  const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", ...more };
  return { status, headers, body: `${words}\n` };
}

const faults = {
  unreadable: { status: 400, title: "This request cannot be read", text: "Open the link of the mail again." },
  unknown: {
    status: 404,
    title: "There is no such page",
    text: "The link may have been cut in two. Open it again from the mail, or answer the mail and say what you want.",
  },
  large: { status: 413, title: "This is too much", text: "The request is larger than any page here asks for." },
  broken: { status: 500, title: "Something went wrong", text: "Please try again later." },
  closed: { status: 503, title: "Please try again in some minutes", text: "This could not be taken in just now." },
} as const;

export function faultPage(fault: keyof typeof faults): Answer {
  const { status, title, text } = faults[fault];
  return pageAnswer({ title, content: html`<p>${text}</p>` }, status, status === 503 ? { "retry-after": "120" } : {});
}

export function wrongMethod(allowed: string): Answer {
  const title = "This page is not asked for so";
  return pageAnswer({ title, content: html`<p>Open the link of the mail.</p>` }, 405, { allow: allowed });
}
