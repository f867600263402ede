// docs/codes.md: one page of all codes.

import { type CodePage, codeFamilies } from "../../runtime/sources/code-pages.ts";

const head = `# All codes

Every finding of \`cadenza check\` and every failure of a command has a code that never changes its meaning; in the terminal,
\`cadenza explain CODE\` prints what stands here. Errors (E) forbid running, warnings (W) and hints (H) do not, failures (F) are
what stops a command. This page is made by \`npm run docs\` from the tables of codes and from \`docs/codes/\`; a test compiles every
example: *avoid* gives that code and no other, *prefer* gives none. Unless an example declares its own project, it belongs to the
shop at the end of this page.
`;

export function codesMarkdown(pages: readonly CodePage[], shop: string): string {
  const families = codeFamilies(pages);
  const links = families.map((family) => `- [${family.title}](#${anchor(family.title)})\n`);
  const parts = families.map((family) => `## ${family.title}\n\n${family.pages.map(section).join("\n")}`);
  return [head, links.join(""), ...parts, `## The shop of the examples\n\n${fenced(shop)}`].join("\n");
}

const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z ]/g, "")
    .replaceAll(" ", "-");

function section({ code, severity, text, why, avoid, prefer }: CodePage): string {
  const examples = [
    ...(avoid === null ? [] : [`Avoid\n\n${fenced(avoid)}`]),
    ...(prefer === null ? [] : [`Prefer\n\n${fenced(prefer)}`]),
  ];
  return [`### ${code}\n\n*${severity}.* ${escaped(text)}\n\n${escaped(why)}\n`, ...examples].join("\n");
}

function fenced(source: string): string {
  return `\`\`\`\n${source.trimEnd()}\n\`\`\`\n`;
}

/** Outside code, Markdown reads some characters as its own. */
function escaped(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replaceAll(/[<>*_[\]]/g, "\\$&")))
    .join("");
}
