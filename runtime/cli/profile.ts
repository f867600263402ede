// cadenza show data: which fields, events, lists and topics are filled, how well, and how old that is.

import type { Instant, Profile } from "../index.ts";
import { printable } from "../index.ts";
import { instantOf, withEngine } from "./engine.ts";
import { type ExitCode, instantText, plural, type ProjectOptions, type Shell, withValue } from "./shell.ts";
import { table } from "./table.ts";

type ProfiledTable = Profile["tables"][number];
type ProfiledField = ProfiledTable["fields"][number];

/** From here on there is room for types in full and for times of day. */
const wideColumns = 120;

export function showProfile(shell: Shell, options: ProjectOptions): Promise<ExitCode> {
  return withEngine(shell, options, { needsDatabase: true }, ({ engine, plan }) =>
    withValue(shell, instantOf(shell, plan, options.now), async (at) =>
      withValue(shell, await engine.profile(at), (found) => {
        const page = { at, isWide: shell.screen.columns >= wideColumns };
        shell.out(options.json ? `${JSON.stringify(profileJson(found, at), null, 2)}\n` : profileText(found, page));
        return 0;
      }),
    ),
  );
}

const iso = (at: Instant | null) => (at === null ? null : new Date(at).toISOString());

function profileJson({ tables, sharedAddresses, lists, topics }: Profile, at: Instant) {
  const timed = <T extends { readonly first: Instant | null; readonly last: Instant | null }>(entry: T) => ({
    ...entry,
    first: iso(entry.first),
    last: iso(entry.last),
  });
  const loaded = <T extends { readonly lastLoad: Instant | null }>(entry: T) => ({
    ...entry,
    lastLoad: iso(entry.lastLoad),
  });
  return {
    now: iso(at),
    tables: tables.map((entry) => loaded(timed(entry))),
    sharedAddresses,
    lists: lists.map((entry) => loaded(timed(entry))),
    topics: topics.map(loaded),
  };
}

export interface ProfilePage {
  readonly at: Instant;
  readonly isWide: boolean;
}

export function profileText({ tables, sharedAddresses, lists, topics }: Profile, page: ProfilePage): string {
  const isEmpty = ({ kind, rows }: ProfiledTable) => kind === "event" && rows === 0;
  const silent = tables.filter(isEmpty).map(({ name }) => name);
  const parts = [
    ...tables.filter((entry) => !isEmpty(entry)).map((entry) => tableText(entry, page)),
    ...(silent.length === 0 ? [] : [wrapped(`No such events yet: ${silent.join(", ")}`)]),
    ...(sharedAddresses.addresses === 0 ? [] : [sharedText(sharedAddresses)]),
    ...(lists.length === 0
      ? []
      : [
          table(
            ["list", "members", "last added", "last load"],
            lists.map((entry) => listRow(entry, page)),
          ),
        ]),
    ...(topics.length === 0
      ? []
      : [
          table(
            ["topic", "agree", "refuse", "last load"],
            topics.map((entry) => topicRow(entry, page)),
          ),
        ]),
    ...(tables.some(({ isApproximate }) => isApproximate) ? ["~ is an estimate, within some percent.\n"] : []),
  ];
  return parts.join("\n");
}

/** Names that fill more than a line go on in the next. */
function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 80) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return `${lines.join("\n  ")}\n`;
}

function tableText(entry: ProfiledTable, page: ProfilePage): string {
  const { kind, name, rows, people, first, last, lastLoad, isApproximate, fields } = entry;
  const about = isApproximate ? "about " : "";
  const parts = [
    `${name}: ${plural(rows, kind === "event" ? "event" : "row")}`,
    ...(people === null ? [] : [`of ${about}${plural(people, "contact")}`]),
    ...(first === null || last === null ? [] : [`from ${dayText(first)} to ${dayText(last)}`]),
  ];
  const load = lastLoad === null ? "never loaded" : `last load ${ageText(lastLoad, page)}`;
  const isLong = parts.join(" ").length + load.length > (page.isWide ? wideColumns : 78);
  const head = `${parts.join(" ")}${isLong ? "\n  " : "; "}${load}\n`;
  if (fields.length === 0) return head;
  const shown = fields.map((field) => fieldRow(field, page));
  return `${head}${indented(table(["field", "type", "known", "distinct", "lowest", "highest"], shown))}`;
}

const indented = (text: string): string => text.replace(/^(?=.)/gm, "  ");

function fieldRow(field: ProfiledField, { isWide }: ProfilePage): readonly string[] {
  const count = field.distinct.toLocaleString("en-US");
  const type = isWide ? field.type : field.type.replace(/ \(.*\)$/s, "");
  const end = (value: ProfiledField["lowest"]) => (value === null ? "" : endText(field.type, value, isWide));
  return [
    field.name,
    type,
    shareText(field.share),
    field.isApproximate ? `~${count}` : count,
    end(field.lowest),
    end(field.highest),
  ];
}

/** Never 100% where one does not know it, nor 0% where one does. */
function shareText(share: number | null): string {
  if (share === null) return "";
  if (share > 0 && share < 0.001) return "0.1%";
  if (share < 1 && share > 0.999) return "99.9%";
  return `${Number((share * 100).toFixed(1))}%`;
}

function endText(type: string, value: NonNullable<ProfiledField["lowest"]>, isWide: boolean): string {
  if (type === "datetime") return isWide ? instantText(Date.parse(String(value))) : String(value).slice(0, 10);
  if (type.startsWith("money")) return String(value).replace(/\.?0+$/, "");
  if (type === "duration") return `${Number((Number(value) / 86_400).toFixed(2))}d`;
  return String(value);
}

const dayText = (at: Instant): string => new Date(at).toISOString().slice(0, 10);

const units = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
] as const;

function ageText(then: Instant, { at, isWide }: ProfilePage): string {
  const unit = units.find(([length]) => at - then >= length);
  const age = unit ? `${plural(Math.floor((at - then) / unit[0]), unit[1])} ago` : "just now";
  return isWide ? `${age} (${instantText(then)})` : age;
}

function sharedText({ addresses, contacts, most }: Profile["sharedAddresses"]): string {
  const named = most.map(
    ({ address, contacts: count }) => `  ${printable(address)} (${count.toLocaleString("en-US")})\n`,
  );
  const verb = addresses === 1 ? "belongs" : "belong";
  const rest = addresses > most.length ? "; the most shared" : "";
  return `${plural(addresses, "address", "addresses")} ${verb} to more than one contact, ${plural(contacts, "contact")} in all${rest}:\n${named.join("")}`;
}

function listRow({ name, members, last, lastLoad }: Profile["lists"][number], page: ProfilePage): readonly string[] {
  const load = lastLoad === null ? "never" : ageText(lastLoad, page);
  return [name, members.toLocaleString("en-US"), last === null ? "never" : ageText(last, page), load];
}

function topicRow(
  { name, agreed, refused, lastLoad }: Profile["topics"][number],
  page: ProfilePage,
): readonly string[] {
  const load = lastLoad === null ? "never" : ageText(lastLoad, page);
  return [name, agreed.toLocaleString("en-US"), refused.toLocaleString("en-US"), load];
}
