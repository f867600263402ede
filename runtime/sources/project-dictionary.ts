// A project folder to its data dictionary, each mail rendered as one sample person would get it.

import { understand, type Understood } from "../../compiler/compile.ts";
import type { Dictionary } from "../../compiler/describe/dictionary.ts";
import { describeProject } from "../../compiler/describe/project.ts";
import type { EmailText } from "../../compiler/ir/plan.ts";
import { catalogOf } from "../../compiler/plan.ts";
import { templateFields } from "../mail/fields.ts";
import { hasStyleSheet } from "../mail/layout.ts";
import { loadRenderer, type Renderer } from "../mail/render.ts";
import type { ProjectFolder } from "./project.ts";
import { worldOf } from "./project-plan.ts";
import { sampleAddress, sampleInstant, sampleValues } from "./sample-person.ts";

export interface SampleMail {
  readonly email: string;
  /** null: as it is for whom no variant is meant. */
  readonly variant: string | null;
  readonly to: string;
  readonly subject: string;
  /** A whole page. */
  readonly html: string;
  readonly text: string;
}
export interface ProjectDictionary extends Dictionary {
  /** One for each email, and for each variant of it, that could be rendered. */
  readonly mails: readonly SampleMail[];
}

/** null where the project has errors, which `compileProject` gives. */
export async function projectDictionary(folder: ProjectFolder): Promise<ProjectDictionary | null> {
  const understood = understand(folder.sources, worldOf(folder));
  if (!understood) return null;
  const texts = [...understood.emails.map((email) => ({ variant: null, email })), ...understood.variants];
  const renderer = await loadRenderer({
    project: understood.scope.settings,
    vocabularies: understood.vocabularies,
    hasStyles: texts.some(({ email }) => hasStyleSheet(email.body.source)),
  });
  const rendered = texts.map((text) => renderedSample(understood, renderer, text));
  const shows = new Map<string, readonly string[]>();
  for (const { email, reads } of rendered) shows.set(email, [...new Set([...(shows.get(email) ?? []), ...reads])]);
  return {
    ...describeProject({ ...understood, shows }),
    mails: rendered.flatMap(({ mail }) => mail ?? []),
  };
}

interface RenderedSample {
  readonly email: string;
  readonly reads: readonly string[];
  readonly mail: SampleMail | null;
}

interface Text {
  readonly variant: string | null;
  readonly email: EmailText;
}

function renderedSample(
  { scope, declarations }: Understood,
  renderer: Renderer,
  { variant, email }: Text,
): RenderedSample {
  const catalog = catalogOf(scope);
  const everyEvent = declarations.flatMap((node) => (node.kind === "event" ? [node.name.text] : []));
  const fields = templateFields(catalog, [...scope.derived.values()], everyEvent);
  const prepared = renderer.prepare(email, fields);
  if (!prepared.ok) return { email: email.name, reads: [], mail: null };
  const { reads } = prepared.value;
  const values = sampleValues(fields, scope.settings.zone);
  const sent = prepared.value.render({ sendId: "sample", to: sampleAddress, at: sampleInstant, values, labels: [] });
  if (!sent.ok) return { email: email.name, reads, mail: null };
  const { subject, html, text } = sent.value.message;
  return { email: email.name, reads, mail: { email: email.name, variant, to: sampleAddress, subject, html, text } };
}
