// The pages of a data dictionary: names of files to their text.

import type {
  Dictionary,
  EmailEntry,
  EventEntry,
  FieldEntry,
  LoadEntry,
  ProgramEntry,
  RuleEntry,
  SegmentEntry,
  TableEntry,
  VariantEntry,
} from "../../compiler/describe/dictionary.ts";
import type { FlowStep } from "../../compiler/describe/program.ts";
import { anchorsOf, type Links, references } from "./links.ts";
import { diagram } from "./diagram.ts";
import { html, type Markup, pageInside } from "../markup.ts";
import { style } from "./style.ts";

export interface Mail {
  readonly email: string;
  readonly variant: string | null;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}
export interface Documented extends Dictionary {
  readonly mails: readonly Mail[];
}

interface Page {
  readonly file: string;
  readonly title: string;
  readonly body: Markup;
}

/** The text of each file, by its name. */
export function dictionaryPages(dictionary: Documented): ReadonlyMap<string, string> {
  const links = anchorsOf(dictionary);
  const pages: readonly Page[] = [
    { file: "index.html", title: "Overview", body: overview(dictionary, links) },
    { file: "people.html", title: "People", body: peoplePage(dictionary, links) },
    { file: "events.html", title: "Events", body: eventsPage(dictionary, links) },
    { file: "loads.html", title: "Loads", body: loadsPage(dictionary, links) },
    { file: "segments.html", title: "Segments", body: segmentsPage(dictionary, links) },
    { file: "programs.html", title: "Programs", body: programsPage(dictionary, links) },
    { file: "emails.html", title: "Emails", body: emailsPage(dictionary, links) },
    { file: "rules.html", title: "Topics and rules", body: rulesPage(dictionary, links) },
  ];
  return new Map(pages.map((page) => [page.file, whole(page, pages, dictionary.project.name)]));
}

/** Nothing is fetched and nothing runs, whatever a mail holds: the policy holds for the mails' frames too. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'";

function whole(page: Page, pages: readonly Page[], project: string): string {
  const links = pages.map(({ file, title }) =>
    file === page.file
      ? html`<a href="${file}" aria-current="page">${title}</a>`
      : html`<a href="${file}">${title}</a>`,
  );
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${page.title} · ${project}</title>
${style}
</head>
<body>
<header><nav aria-label="Pages">${links}</nav></header>
<main>
<h1>${page.file === "index.html" ? project : page.title}</h1>
${page.body}
</main>
<footer><p>Made from the sources of ${project} by <code>cadenza docs</code>.</p></footer>
</body>
</html>
`.markup;
}

const none = (what: string): Markup => html`<p class="quiet">This project declares no ${what}.</p>`;
const listed = (found: readonly Markup[], what: string): Markup => (found.length === 0 ? none(what) : html`${found}`);

function docText(doc: string | null): Markup {
  return doc === null ? html`` : html`<p>${doc}</p>`;
}

function packMark(pack: string | null): Markup | null {
  return pack === null ? null : html` <span class="quiet">of the pack ${pack}</span>`;
}

/** What is said of the whole declaration, and whose it is. */
function headOf({ doc, pack }: { readonly doc: string | null; readonly pack: string | null }): Markup {
  const from = pack === null ? null : html`<p class="quiet">From the pack <code>${pack}</code></p>`;
  return html`${from}${docText(doc)}`;
}

function definitions(rows: readonly (readonly [label: string, content: Markup | null])[]): Markup {
  const shown = rows.flatMap(([label, content]) => (content ? [html`<dt>${label}</dt><dd>${content}</dd>`] : []));
  return shown.length === 0 ? html`` : html`<dl>${shown}</dl>`;
}

const plain = (text: string | null): Markup | null => (text === null ? null : html`${text}`);

function overview(dictionary: Documented, links: Links): Markup {
  const { project, programs, segments } = dictionary;
  const counts: readonly (readonly [file: string, count: number, one: string, many: string])[] = [
    ["people.html", dictionary.contact?.fields.length ?? 0, "field of people", "fields of people"],
    ["events.html", dictionary.events.length, "event", "events"],
    ["loads.html", dictionary.loads.length, "load", "loads"],
    ["segments.html", segments.length, "segment", "segments"],
    ["programs.html", programs.length, "program", "programs"],
    ["emails.html", dictionary.emails.length, "email", "emails"],
    ["rules.html", dictionary.rules.length, "topic or rule", "topics and rules"],
  ];
  const rows = counts.map(
    ([file, count, one, many]) => html`<li><a href="${file}">${count} ${count === 1 ? one : many}</a></li>`,
  );
  const programRows = programs.map(
    ({ name, why }) => html`<tr><td>${links.link({ kind: "program", name })}</td><td>${why ?? ""}</td></tr>`,
  );
  const segmentRows = segments.map(
    ({ name, sentence, pack }) =>
      html`<tr><td>${links.link({ kind: "segment", name })}${packMark(pack)}</td><td>${sentence}</td></tr>`,
  );
  return html`${docText(project.doc)}
${definitions([
  ["Time zone", plain(project.zone)],
  ["Currency", plain(project.currency)],
  ["Sender", plain(project.sender)],
  ["Postal address", plain(project.postalAddress)],
  ["Packs", project.packs.length === 0 ? null : html`${project.packs.join(", ")}`],
])}
<h2>What there is</h2><ul class="counts">${rows}</ul>
${programs.length > 0 ? html`<h2>Programs</h2>${table(["Program", "Why"], programRows)}` : null}
${segments.length > 0 ? html`<h2>Segments</h2>${table(["Segment", "Who is in it"], segmentRows)}` : null}`;
}

function fieldsTable(fields: readonly FieldEntry[], anchor: string | null, links: Links): Markup {
  if (fields.length === 0) return html`<p class="quiet">Nothing more is known of it than who and when.</p>`;
  const hasDocs = fields.some(({ doc }) => doc !== null);
  const isUsed = anchor !== null;
  const rows = fields.map((field) => {
    const id = anchor === null ? html`` : html` id="${anchor}-${field.name}"`;
    const marks = [field.isKey ? "key" : "", field.mayBeUnknown ? "may be unknown" : ""].filter((mark) => mark !== "");
    const mark = marks.length === 0 ? null : html` <span class="quiet">${marks.join(", ")}</span>`;
    const doc = hasDocs ? html`<td>${field.doc}</td>` : null;
    const used = isUsed ? html`<td>${references(field.usedBy, links)}</td>` : null;
    return html`<tr${id}><td><code>${field.name}</code></td><td>${field.type.replace(/\?$/, "")}${mark}</td>${doc}${used}</tr>
`;
  });
  const titles = ["Name", "Type", ...(hasDocs ? ["What it is"] : []), ...(isUsed ? ["Used by"] : [])];
  return table(titles, rows);
}

/** On a narrow screen its rows become blocks. */
function table(titles: readonly string[], rows: readonly Markup[]): Markup {
  const head = titles.map((title) => html`<th scope="col">${title}</th>`);
  return html`<table><thead><tr>${head}</tr></thead><tbody>
${rows}</tbody></table>`;
}

function peoplePage({ contact, company, rules }: Documented, links: Links): Markup {
  const part = (entry: TableEntry | null, title: string, anchor: string): Markup =>
    entry ? html`<h2>${title}</h2>${docText(entry.doc)}${fieldsTable(entry.fields, anchor, links)}` : html``;
  const derived = rules.filter(({ kind }) => kind === "derived").map((rule) => ruleEntry(rule, links, "field"));
  return html`${part(contact, "Contact", "field")}${part(company, "Company", "company-field")}
${derived.length > 0 ? html`<h2>Derived fields</h2>${derived}` : null}`;
}

function entry(id: string, title: string, content: Markup): Markup {
  return html`<section class="entry" id="${id}"><h2>${title}</h2>${content}</section>
`;
}

function eventsPage({ events }: Documented, links: Links): Markup {
  const entries = events.map((event: EventEntry) =>
    entry(
      `event-${event.name}`,
      event.name,
      html`${headOf(event)}${fieldsTable(event.fields, null, links)}${definitions([["Used by", references(event.usedBy, links)]])}`,
    ),
  );
  return html`${listed(entries, "events")}
<p class="quiet">Every project also knows received, sent, opened, clicked, replied, bounced, complained and unsubscribed of its mails, and visited of its site.</p>`;
}

function loadsPage({ loads }: Documented, links: Links): Markup {
  const entries = loads.map((load: LoadEntry, index) => {
    const rows = load.mappings.map(
      ({ to, from, how }) =>
        html`<tr><td><code>${to}</code></td><td>${from}</td><td>${how === "" ? "" : html`<code>${how}</code>`}</td></tr>`,
    );
    const mappings = table(["Into", "From column", "How"], rows);
    const options = load.options.length === 0 ? null : html`${load.options.join(", ")}`;
    const file = html`<code>${load.path}</code> (${load.format})`;
    const target = links.target(load.target);
    return entry(
      `load-${index + 1}`,
      load.target,
      html`${docText(load.doc)}${definitions([
        ["Fills", target],
        ["From", file],
        ["Options", options],
      ])}${mappings}`,
    );
  });
  return listed(entries, "loads");
}

function segmentsPage({ segments }: Documented, links: Links): Markup {
  const entries = segments.map((segment: SegmentEntry) =>
    entry(
      `segment-${segment.name}`,
      segment.name,
      html`${headOf(segment)}<p class="said">${segment.sentence}</p>${definitions([
        ["With", segment.parameters.length === 0 ? null : html`${segment.parameters.join(", ")}`],
        ["Uses", references(segment.uses, links)],
        ["Used by", references(segment.usedBy, links)],
      ])}<details><summary>As written</summary><pre>${segment.source}</pre></details>`,
    ),
  );
  return listed(entries, "segments");
}

function flowList(steps: readonly FlowStep[]): Markup {
  const items = steps.map(({ text, branches }) => {
    const inner = branches.map(
      ({ label, steps: inside }) => html`<li>${label}: ${inside.length === 0 ? html`go on` : flowList(inside)}</li>`,
    );
    return html`<li>${text}${inner.length === 0 ? null : html`<ul>${inner}</ul>`}</li>`;
  });
  return html`<ol>${items}</ol>`;
}

function programsPage({ programs }: Documented, links: Links): Markup {
  const entries = programs.map((program: ProgramEntry) => {
    const terms = program.head.map(({ label, text }) => [label, html`${text}`] as const);
    const audience = program.audience === null ? null : html`people in ${program.audience}`;
    return entry(
      `program-${program.name}`,
      program.name,
      html`${headOf(program)}${program.why === null ? null : html`<p class="said">${program.why}</p>`}${definitions([
        ["Owner", plain(program.owner)],
        ["For", audience],
        ...terms,
        ["Uses", references(program.uses, links)],
        ["Used by", references(program.usedBy, links)],
      ])}${diagram(program.name, program.flow, links.href)}<details><summary>The steps as a list</summary>${flowList(program.flow)}</details>`,
    );
  });
  return listed(entries, "programs");
}

function emailsPage({ emails, mails }: Documented, links: Links): Markup {
  const entries = emails.map((email: EmailEntry) => {
    const own = mails.filter((candidate) => candidate.email === email.name);
    const mail = own.find(({ variant }) => variant === null);
    const variants = email.variants.map((variant) => {
      const shown = own.find((candidate) => candidate.variant === variant.name) ?? null;
      return variantPart(variant, shown, mail ?? null);
    });
    return entry(
      `email-${email.name}`,
      email.name,
      html`${headOf(email)}${definitions([
        ["Subject", html`${email.subject}`],
        ["Body", email.file === null ? null : html`<code>${email.file}</code>`],
        ["Kind", email.isTransactional ? html`transactional` : null],
        ["Uses", references(email.uses, links)],
        ["Used by", references(email.usedBy, links)],
      ])}${mail ? sample(mail) : unshown}${variants}`,
    );
  });
  const intro =
    emails.length > 0
      ? html`<p class="quiet">Each mail is shown as one made-up person would get it, for whom every field is known. Pictures from the network are left out.</p>`
      : html``;
  return html`${intro}${listed(entries, "emails")}`;
}

const unshown: Markup = html`<p class="quiet">It cannot be shown as a mail yet.</p>`;

/** Only what differs: what a variant does not replace is as it is in the email. */
function variantPart({ name, sentence, subject, file }: VariantEntry, mail: Mail | null, base: Mail | null): Markup {
  const isOwn = mail === null || mail.html !== base?.html || mail.text !== base.text;
  const alike = mail && html`<p>${mail.subject}</p><p class="quiet">All else is as above.</p>`;
  return html`<section><h3>Variant ${name}</h3>
<p class="said">${sentence ?? "Only where a send names it."}</p>${definitions([
    ["Subject", plain(subject)],
    ["Body", file === null ? null : html`<code>${file}</code>`],
  ])}${isOwn ? (mail ? sample(mail) : unshown) : alike}</section>
`;
}

/** In a frame of its own, in which nothing runs and from which nothing leads out. */
function sample({ email, variant, subject, to, html: body, text }: Mail): Markup {
  const title = variant === null ? email : `${email}, variant ${variant}`;
  return html`<h3>As ${to} gets it</h3><p>${subject}</p>
<iframe title="The mail ${title}" sandbox="" srcdoc="${pageInside(body)}"></iframe>
<details><summary>As plain text</summary><pre>${text}</pre></details>`;
}

const ruleTitles: Readonly<Record<RuleEntry["kind"], string>> = {
  derived: "Derived field",
  topic: "Topic",
  list: "List",
  policy: "Policy",
  score: "Score",
  funnel: "Funnel",
  vocabulary: "Vocabulary",
  team: "Team",
  webhook: "Webhook",
  report: "Report",
};

function ruleEntry(rule: RuleEntry, links: Links, anchor: string = rule.kind): Markup {
  const lines = rule.lines.map((line) => html`<li>${line}</li>`);
  return entry(
    `${anchor}-${rule.name}`,
    rule.name,
    html`<p class="quiet">${ruleTitles[rule.kind]}</p>${rule.title === null ? null : html`<p class="said">${rule.title}</p>`}${headOf(rule)}${
      lines.length === 0 ? null : html`<ul>${lines}</ul>`
    }${definitions([
      ["Uses", references(rule.uses, links)],
      ["Used by", references(rule.usedBy, links)],
    ])}`,
  );
}

function rulesPage({ rules }: Documented, links: Links): Markup {
  const shown = rules.filter(({ kind }) => kind !== "derived").map((rule) => ruleEntry(rule, links));
  return listed(shown, "topics and no rules");
}
