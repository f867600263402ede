// Binds every declared name: builds the scope, and reports names that are taken and declarations that may stand once.

import type { Contact, Funnel, Project, Segment } from "../grammar/ast/declaration.ts";
import type { Declaration, File } from "../grammar/ast/file.ts";
import type { Program } from "../grammar/ast/program.ts";
import { diagnose } from "../grammar/diagnostics/table.ts";
import type { Span } from "../grammar/span.ts";
import { builtInEvents, everyone, suppressed } from "./built-in.ts";
import { checkCompany, companyTable, contactTable, eventTable, isDamaged, typeOf } from "./catalog.ts";
import { damageOf, withoutGuesses } from "./damage.ts";
import { joinPacks } from "./packs/join.ts";
import type { ParsedSources } from "./packs/parse.ts";
import { Registry, type Taken } from "./registry.ts";
import type { Field } from "./ir/catalog.ts";
import {
  type Experiment,
  groupNames,
  type Parameter,
  type Report,
  type Scope,
  type Settings,
  type Shared,
} from "./scope.ts";
import { patientNearest } from "./similar.ts";
import type { Type } from "./types.ts";
import { defaults, readSettings } from "./settings.ts";
import { stepsOf } from "./written-steps.ts";

export interface Resolved {
  readonly scope: Scope;
  readonly declarations: readonly Declaration[];
}

type Kind = Declaration["kind"];
type Of<K extends Kind> = Extract<Declaration, { readonly kind: K }>;

const maxDeclarations = 50_000;

export function resolve(parsed: ParsedSources, isZone: (name: string) => boolean, report: Report): Resolved {
  const { files, packs } = parsed;
  const read = files.flatMap(({ declarations }) => declarations);
  const own = read.map((node) => withoutGuesses(node, parsed.diagnostics));
  const text = reader([...files, ...packs.map(({ file }) => file)]);
  const all = joinPacks(own, packs, text, report);
  const past = all[maxDeclarations];
  if (past) report(diagnose("E240", past.span, { count: all.length }));
  // What the parser had to mend comes last, so that it takes no name from what stands whole.
  const declarations = past ? [] : all.toSorted((left, right) => Number(left.recovered) - Number(right.recovered));

  const lost = damageOf(files, parsed.diagnostics);
  const isWhole = past === undefined && lost.words.size === 0;
  const projects = declarations.filter((node) => node.kind === "project");
  const settings = readProject(projects, files, isWhole, isZone, report);
  const tables = declarations.filter((node): node is Contact => node.kind === "contact" || node.kind === "company");
  const contact = single(
    tables.filter(({ kind }) => kind === "contact"),
    report,
  );
  const company = single(
    tables.filter(({ kind }) => kind === "company"),
    report,
  );
  const muted: Report = () => {};
  const contacts = contact && contactTable(contact, settings, isDamaged(contact) ? muted : report);
  const companies = company && companyTable(company, settings, isDamaged(company) ? muted : report);
  if (!contact && isWhole) report(diagnose("E241", startOf(files), {}));

  if (company && contact && contacts && !isDamaged(contact) && !isDamaged(company)) {
    checkCompany(company, contacts, report);
  }

  const names = new Registry(report);
  const shared = sharedNames(names, declarations, contact, contacts?.fields ?? [], settings, report);
  const scope: Scope = {
    settings,
    contact: contacts,
    company: companies,
    shared,
    sharedNames: groupNames(shared),
    ...namesByKind(names, declarations),
    derived: new Map(),
    isZone,
    nearest: patientNearest(),
    text,
    isLost: (name, starters) =>
      past !== undefined || lost.words.has(name) || starters.some((word) => lost.starters.has(word)),
  };
  return { scope, declarations };
}

function reader(files: readonly File[]): Scope["text"] {
  const texts = new Map(files.map(({ source }) => [source.path, source.text]));
  return ({ file, start, end }) => (texts.get(file) ?? "").slice(start, end);
}

type NamesByKind = Pick<
  Scope,
  | "emails"
  | "topics"
  | "programs"
  | "experiments"
  | "policies"
  | "teams"
  | "webhooks"
  | "reports"
  | "scores"
  | "funnels"
  | "stages"
  | "vocabularies"
>;

/** Declarations whose names are told apart kind by kind. */
function namesByKind(names: Registry, declarations: readonly Declaration[]): NamesByKind {
  const of = <K extends Kind>(kind: K) => declarations.filter((node): node is Of<K> => node.kind === kind);
  const funnels = names.map("funnel", "the funnel", of("funnel"));
  return {
    emails: names.map("email", "the email", of("email")),
    topics: names.map("topic", "the topic", of("topic")),
    programs: names.map("program", "the program", of("program")),
    experiments: experimentsOf(names, of("program")),
    policies: names.map("policy", "the policy", of("policy")),
    teams: names.map("team", "the team", of("team")),
    webhooks: names.map("webhook", "the webhook", of("webhook")),
    reports: names.map("report", "the report", of("report")),
    scores: names.map("score", "the score", of("score")),
    funnels,
    stages: stagesOf(funnels),
    vocabularies: names.map("vocabulary", "the vocabulary", of("vocabulary")),
  };
}

/** The stages are the values, in their order; unknown where it may be that none of them holds. */
function stagesOf(funnels: ReadonlyMap<string, Funnel>): ReadonlyMap<string, Type> {
  const whole = [...funnels].filter(([, { recovered, stages }]) => !recovered && stages.length > 0);
  return new Map(
    whole.map(([name, { stages }]) => {
      const values = [...new Set(stages.map((stage) => stage.name.text))];
      const isNullable = stages.every(({ when }) => when !== null);
      return [name, { scalar: { kind: "enum", values }, isList: false, isNullable }];
    }),
  );
}

/** Experiments are known by their names in tests and reports, wherever they stand. */
function experimentsOf(names: Registry, programs: readonly Program[]): ReadonlyMap<string, Experiment> {
  const experiments = new Map<string, Experiment>();
  for (const program of programs) {
    for (const node of stepsOf(program)) {
      if (node.kind !== "experiment") continue;
      const taken = { name: node.name.text, what: "the experiment", span: node.name.span };
      if (!names.take("experiment", taken, program.recovered)) continue;
      experiments.set(node.name.text, { program: program.name.text, node });
    }
  }
  return experiments;
}

function startOf(files: readonly File[]): Span {
  return { file: files[0]?.source.path ?? "", start: 0, end: 0 };
}

/** The first of declarations that may stand once; the others are reported. */
function single<D extends Project | Contact>(nodes: readonly D[], report: Report): D | null {
  const [first, ...others] = nodes;
  for (const node of others) {
    if (node.recovered) continue;
    const span = { ...node.span, end: node.span.start + node.kind.length };
    const related = first ? [{ span: first.span, text: "the first one" }] : [];
    report(diagnose("E230", span, { what: node.kind }, { related }));
  }
  return first ?? null;
}

function readProject(
  nodes: readonly Project[],
  files: readonly File[],
  isWhole: boolean,
  isZone: (name: string) => boolean,
  report: Report,
): Settings {
  const node = single(nodes, report);
  if (node) return readSettings(node, isZone, report);
  if (isWhole && files.some(({ declarations }) => declarations.length > 0)) {
    report(diagnose("E242", startOf(files), {}));
  }
  return defaults;
}

function sharedNames(
  names: Registry,
  declarations: readonly Declaration[],
  contact: Contact | null,
  fields: readonly Field[],
  settings: Settings,
  report: Report,
): ReadonlyMap<string, Shared> {
  const shared = new Map<string, Shared>();
  const add = (taken: Taken, entry: Shared, isRecovered = false): void => {
    if (names.take("shared", taken, isRecovered)) shared.set(taken.name, entry);
  };
  names.take("shared", { name: everyone, what: "the built-in event", span: null });
  for (const table of builtInEvents) {
    add({ name: table.name, what: "the built-in event", span: null }, { kind: "event", table });
  }
  const built: Shared = { kind: "segment", node: null, parameters: [] };
  add({ name: suppressed, what: "the built-in segment", span: null }, built);
  for (const field of fields) {
    const span = contact?.fields.find(({ name }) => name.text === field.name)?.name.span ?? null;
    add({ name: field.name, what: "the contact field", span }, { kind: "field", field });
  }
  for (const node of declarations) {
    const entry = entryOf(node, settings, node.recovered ? () => {} : report);
    if (!entry || !("name" in node)) continue;
    const what = node.kind === "derived" ? "the derived field" : `the ${node.kind}`;
    add({ name: node.name.text, what, span: node.name.span }, entry, node.recovered);
  }
  return shared;
}

function entryOf(node: Declaration, settings: Settings, report: Report): Shared | null {
  switch (node.kind) {
    case "event":
      return { kind: "event", table: eventTable(node, settings, report) };
    case "derived":
      return { kind: "derived field", node };
    case "list":
      return { kind: "list", node };
    case "segment":
      return { kind: "segment", node, parameters: parametersOf(node, settings, report) };
    default:
      return null;
  }
}

function parametersOf(node: Segment, settings: Settings, report: Report): readonly Parameter[] {
  return node.parameters.map(({ name, type, fallback }) => ({
    name: name.text,
    type: typeOf(type, settings, report),
    fallback,
    span: name.span,
  }));
}
