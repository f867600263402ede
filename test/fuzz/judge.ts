// What must hold of any text: nothing throws, what is found lies in the text, and the formatter obeys its laws.

import { compile, formatSource, renderPretty } from "../../runtime/index.ts";

const project = {
  path: "project.cdz",
  text: `project p < time zone "UTC"  currency EUR  sender "A <a@a.example>"  postal address "Street 1" >
contact < id text key  email email  name text?  role one of (user, boss)?  seats number?  tags list of text  renewal date? >
event bought < amount money >
topic news "News" opt out
`,
};

/** What is wrong with how the text is treated; null where all is well. */
export function judged(text: string): string | null {
  try {
    const source = { path: "a.cdz", text };
    const { diagnostics, sources } = compile([project, source]);
    const outside = diagnostics.find(({ span, fixes, related }) => {
      const spans = [
        span,
        ...related.map((other) => other.span),
        ...fixes.flatMap(({ edits }) => edits.map((edit) => edit.span)),
      ];
      return spans.some(({ file, start, end }) => {
        const size = sources.find(({ path }) => path === file)?.text.length ?? 0;
        return start < 0 || start > end || end > size;
      });
    });
    if (outside) return `${outside.code} lies outside of its text`;
    renderPretty(diagnostics.slice(0, 5), sources);
    const { text: laidOut, diagnostics: mistakes } = formatSource(source);
    // Beside mistakes it compares its own second layout before it gives the first.
    const again = mistakes.length > 0 ? laidOut : formatSource({ ...source, text: laidOut }).text;
    return again === laidOut ? null : "its layout is laid out anew";
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
