// A checked project to its data dictionary.

import type { Contact, Email, EventDecl, FieldDef, Load, Segment } from "../../grammar/ast/declaration.ts";
import type { Operand } from "../../grammar/ast/expr.ts";
import type { Declaration } from "../../grammar/ast/file.ts";
import type { Program } from "../../grammar/ast/program.ts";
import { type as typeText } from "../../grammar/print/flat.ts";
import type { Scope } from "../scope.ts";
import { noCurrency } from "../settings.ts";
import { type Naming, segmentSentence } from "./condition.ts";
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
} from "./dictionary.ts";
import { asWritten, flowOf, headTerms, programUses, type Teller } from "./program.ts";
import { ruleOf } from "./rules.ts";
import { distinct, isField, type Reference, type ReferenceKind, usesOf } from "./uses.ts";

export interface Described {
  readonly scope: Scope;
  /** Of the project's own files. */
  readonly declarations: readonly Declaration[];
  /** What packs bring beside them. */
  readonly brought: readonly { readonly pack: string; readonly declaration: Declaration }[];
  /** Per email the placeholders that it shows: `first_name`, `company.plan`. */
  readonly shows: ReadonlyMap<string, readonly string[]>;
}

/** What is told of a declaration beside its own words. */
interface Around {
  readonly pack: string | null;
  readonly uses: readonly Reference[];
  readonly usedBy: UsedBy;
}

type UsedBy = (kind: ReferenceKind, name: string) => readonly Reference[];

export function describeProject({ scope, declarations: written, brought, shows }: Described): Dictionary {
  const packs = new Map(brought.map(({ pack, declaration }) => [declaration, pack] as const));
  const declarations = [...written, ...packs.keys()];
  const teller: Teller = { scope, naming: namingOf(scope) };
  const of = <K extends Declaration["kind"]>(kind: K) =>
    declarations.filter((node): node is Extract<Declaration, { readonly kind: K }> => node.kind === kind);
  const table = (kind: "contact" | "company") =>
    declarations.find((node): node is Contact => node.kind === kind) ?? null;
  const uses = new Map(declarations.map((node) => [node, declarationUses(teller, node, shows)] as const));
  const usedBy = inverted(uses);
  const around = (node: Declaration): Around => {
    return { pack: packs.get(node) ?? null, uses: uses.get(node) ?? [], usedBy };
  };
  const { name, zone, currency, sender, postalAddress } = scope.settings;
  return {
    version: 1,
    project: {
      name,
      doc: of("project")[0]?.doc ?? null,
      zone,
      currency: currency === noCurrency ? null : currency,
      sender,
      postalAddress,
      packs: [...new Set(packs.values())],
    },
    contact: tableEntry(table("contact"), "field", usedBy),
    company: tableEntry(table("company"), "company field", usedBy),
    events: of("event").map((node) => eventEntry(node, around(node))),
    loads: of("load").map((node) => loadEntry(scope, node)),
    segments: of("segment").map((node) => segmentEntry(teller, node, around(node))),
    emails: of("email").map((node) => emailEntry(teller, node, around(node))),
    programs: of("program").map((node) => programEntry(teller, node, around(node))),
    rules: declarations.flatMap((node) => ruleEntry(teller, node, around(node)) ?? []),
  };
}

function namingOf(scope: Scope): Naming {
  const nullable = new Set(
    (scope.contact?.fields ?? []).filter(({ type }) => type.isNullable).map((field) => field.name),
  );
  const mails = new Set(
    [...scope.shared.values()].flatMap((entry) =>
      entry.kind === "event" && entry.table.isMail ? [entry.table.name] : [],
    ),
  );
  return {
    isField: (name) => isField(scope, name),
    isMail: (event) => mails.has(event),
    mayBeUnknown: (operand) => mayBeUnknown(operand, nullable),
  };
}

function mayBeUnknown(operand: Operand, nullable: ReadonlySet<string>): boolean {
  switch (operand.kind) {
    case "field":
      return nullable.has(operand.name.text);
    case "path":
    case "stage":
      return true;
    case "aggregate":
      return !["count of", "count of distinct", "sum of"].includes(operand.function);
    default:
      return false;
  }
}

function declarationUses(teller: Teller, node: Declaration, shows: Described["shows"]): readonly Reference[] {
  const { scope } = teller;
  switch (node.kind) {
    case "segment":
      return distinct(usesOf(scope, node.where));
    case "program":
      return programUses(scope, node);
    case "email": {
      const named = node.settings.flatMap((setting): readonly Reference[] => {
        if (setting.kind === "topic") return [{ kind: "topic", name: setting.name.text }];
        return setting.kind === "words from" ? [{ kind: "field", name: setting.name.text }] : [];
      });
      const variants = node.variants.flatMap(({ when }) => (when ? usesOf(scope, when) : []));
      return distinct([...named, ...(shows.get(node.name.text) ?? []).flatMap(shownField), ...variants]);
    }
    default:
      return distinct(ruleOf(teller, node)?.uses ?? []);
  }
}

function shownField(name: string): readonly Reference[] {
  if (name.startsWith("company.")) return [{ kind: "company field", name: name.slice("company.".length) }];
  return name.includes(".") ? [] : [{ kind: "field", name }];
}

function inverted(uses: ReadonlyMap<Declaration, readonly Reference[]>): UsedBy {
  const users = new Map<string, Reference[]>();
  for (const [node, references] of uses) {
    const user = asUser(node);
    if (!user) continue;
    for (const { kind, name } of references) {
      const key = `${kind} ${name}`;
      users.set(key, [...(users.get(key) ?? []), user]);
    }
  }
  return (kind, name) => distinct(users.get(`${kind} ${name}`) ?? []);
}

function asUser(node: Declaration): Reference | null {
  switch (node.kind) {
    case "derived":
      return { kind: "field", name: node.name.text };
    case "segment":
    case "program":
    case "email":
    case "score":
    case "funnel":
    case "policy":
    case "report":
      return { kind: node.kind, name: node.name.text };
    default:
      return null;
  }
}

function fieldEntry(def: FieldDef, users: readonly Reference[]): FieldEntry {
  const { name, type, doc, key } = def;
  return { name: name.text, type: typeText(type), doc, isKey: key, mayBeUnknown: type.nullable, usedBy: users };
}

function tableEntry(node: Contact | null, kind: ReferenceKind, usedBy: UsedBy): TableEntry | null {
  if (!node) return null;
  return { doc: node.doc, fields: node.fields.map((def) => fieldEntry(def, usedBy(kind, def.name.text))) };
}

function eventEntry({ name, doc, fields }: EventDecl, { pack, usedBy }: Around): EventEntry {
  const entries = fields.map((def) => fieldEntry(def, []));
  return { name: name.text, doc, pack, fields: entries, uses: [], usedBy: usedBy("event", name.text) };
}

function loadEntry(scope: Scope, node: Load): LoadEntry {
  return {
    target: node.target.text,
    doc: node.doc,
    format: node.format,
    path: node.path.value,
    options: node.options.map((option) => asWritten(scope, option)),
    mappings: node.mappings.map(({ target, source, span }) => ({
      to: target.text,
      from: source.kind === "text" ? source.value : source.kind === "name" ? source.text : `column ${source.digits}`,
      how: asWritten(scope, { span: { ...span, start: Math.min(source.span.end, span.end) } }).trim(),
    })),
  };
}

function segmentEntry({ scope, naming }: Teller, node: Segment, { pack, uses, usedBy }: Around): SegmentEntry {
  return {
    name: node.name.text,
    doc: node.doc,
    pack,
    parameters: node.parameters.map((parameter) => asWritten(scope, parameter)),
    sentence: segmentSentence(naming, node.where),
    source: scope.text(node.where.span),
    uses,
    usedBy: usedBy("segment", node.name.text),
  };
}

function emailEntry({ naming }: Teller, node: Email, { pack, uses, usedBy }: Around): EmailEntry {
  const said = ({ settings }: Pick<Email, "settings">, kind: "subject" | "body"): string | null => {
    const found = settings.find((setting) => setting.kind === kind);
    return found && "value" in found ? found.value.value : null;
  };
  return {
    name: node.name.text,
    doc: node.doc,
    pack,
    subject: said(node, "subject") ?? "",
    file: said(node, "body"),
    isTransactional: node.settings.some(({ kind }) => kind === "transactional"),
    variants: node.variants.map((variant) => ({
      name: variant.name.text,
      sentence: variant.when && segmentSentence(naming, variant.when),
      subject: said(variant, "subject"),
      file: said(variant, "body"),
    })),
    uses,
    usedBy: usedBy("email", node.name.text),
  };
}

function programEntry(teller: Teller, node: Program, { pack, uses, usedBy }: Around): ProgramEntry {
  const quoted = (kind: "why" | "owner"): string | null => {
    const found = node.parts.find((part) => part.kind === kind);
    return found && "text" in found ? found.text.value : null;
  };
  const args = node.args?.map((value) => asWritten(teller.scope, value)) ?? [];
  const audience = node.segment && `${node.segment.text}${args.length > 0 ? `(${args.join(", ")})` : ""}`;
  return {
    name: node.name.text,
    doc: node.doc,
    pack,
    why: quoted("why"),
    owner: quoted("owner"),
    audience,
    head: headTerms(teller, node),
    flow: flowOf(teller, node),
    uses,
    usedBy: usedBy("program", node.name.text),
  };
}

/** What others call it by; null for what no declaration names. */
function referenceKind(kind: RuleEntry["kind"]): ReferenceKind | null {
  if (kind === "vocabulary") return null;
  return kind === "derived" ? "field" : kind;
}

function ruleEntry(teller: Teller, node: Declaration, { pack, uses, usedBy }: Around): RuleEntry | null {
  const rule = ruleOf(teller, node);
  if (!rule) return null;
  const kind = referenceKind(rule.kind);
  return { ...rule, pack, uses, usedBy: kind ? usedBy(kind, rule.name) : [] };
}
