import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { calendarOf, isZone } from "../../compiler/calendar.ts";
import { compile } from "../../compiler/compile.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { printConditions, printMembers } from "../../compiler/sql/print.ts";
import { runs } from "../random.ts";
import { build } from "./build.ts";
import { type Dice, diceOf } from "./dice.ts";
import { type Duck, duck } from "./duck.ts";
import { drawHistory } from "./source-history.ts";
import type { Draw } from "./source-moments.ts";
import {
  addressOf,
  drawBehaviour,
  drawField,
  type Predicate,
  project,
  type Subject,
  windowKinds,
} from "./source-predicates.ts";
import { drawAnniversary } from "./source-anniversary.ts";
import { drawAggregate } from "./source-aggregates.ts";
import { type Computed, drawAsked, drawFunnel, drawScore } from "./source-computed.ts";
import { drawWorld, enumValues, lengths, type World } from "./world.ts";

let database: Duck;
beforeAll(async () => {
  database = await duck();
});
afterAll(() => database.close());

const drawn = new Map<string, number>();
const note = (alternative: string) => void drawn.set(alternative, (drawn.get(alternative) ?? 0) + 1);

function compiled(text: string): Plan {
  const { plan, diagnostics } = compile([{ path: "p.cdz", text }], {
    library: [],
    isZone,
    body: () => ({ kind: "missing" }),
  });
  if (plan) return plan;
  const errors = diagnostics.map(({ code, text, span }) => `${code} ${text} at ${span.start}`);
  throw new Error(`${errors.join("\n")}\n${text}`);
}

type Asking = Draw & { readonly computed: Computed };

function drawExpr(draw: Asking, depth: number): Predicate {
  const { dice } = draw;
  if (depth === 0 || dice.chance(45)) return drawPredicate(draw, depth);
  const word = dice.pick(["and", "or", "not"]);
  draw.note(word);
  const parts = dice.times(2 + dice.below(2), () => drawExpr(draw, depth - 1));
  const [first] = parts;
  if (word === "not" && first) return { text: `not (${first.text})`, holds: (subject) => !first.holds(subject) };
  return {
    text: parts.map(({ text }) => `(${text})`).join(` ${word} `),
    holds: (subject) =>
      word === "and" ? parts.every((part) => part.holds(subject)) : parts.some((part) => part.holds(subject)),
  };
}

/** Each alternative of `predicate` that compiles. */
function drawPredicate(draw: Asking, depth: number): Predicate {
  const { dice } = draw;
  const often = [
    ...Array(10).fill("field"),
    ...Array(4).fill("behaviour"),
    ...Array(6).fill("aggregate"),
    ...Array(4).fill("anniversary"),
    "member",
    "member",
    "consent",
    "computed",
    "history",
    "history",
    "history",
  ];
  const kind = dice.chance(90) ? dice.pick(often) : dice.pick(["group", "everyone", "sample"]);
  switch (kind) {
    case "group": {
      draw.note(kind);
      const inner = drawExpr(draw, Math.max(depth - 1, 0));
      return { text: `(${inner.text})`, holds: inner.holds };
    }
    case "everyone":
      draw.note(kind);
      return { text: "everyone", holds: () => true };
    case "sample":
      return drawSample(draw);
    case "member":
      return drawMember(draw);
    case "consent":
      return drawConsent(draw);
    case "computed":
      return drawAsked(draw, draw.computed);
    case "behaviour":
      return drawBehaviour(draw);
    case "aggregate":
      return drawAggregate(draw);
    case "anniversary":
      return drawAnniversary(draw);
    case "history":
      return drawHistory(draw, draw.computed);
    default:
      return drawField(draw);
  }
}

/** Drawn by the segment that says it: the same people in both segments of a pair would be chance. */
function drawSample({ dice, note }: Asking): Predicate {
  note("sample");
  const share = dice.pick([0, 25, 62.5, 100]);
  return {
    text: `sample ${share}%`,
    holds({ row }) {
      const digits = createHash("md5").update(`p:${currentSegment}:${row.id}`).digest("hex").slice(0, 13);
      return Number.parseInt(digits, 16) < (share / 100) * 16 ** 13;
    },
  };
}
let currentSegment = "";

function drawMember({ dice, note }: Asking): Predicate {
  const kind = dice.pick(["segment", "segment with argument", "segment with default", "list", "program", "Suppressed"]);
  note(kind);
  const hasEvent = (event: string, { world, row }: Subject, from: number) =>
    (world.events.get(event) ?? []).some(
      (found) =>
        found.contactId === row.id && found.at >= from && found.at <= world.now && found.values.machine !== true,
    );
  switch (kind) {
    case "segment":
      return { text: "in Buyers", holds: (subject) => hasEvent("purchased", subject, Number.NEGATIVE_INFINITY) };
    case "segment with argument": {
      const by = dice.pick(lengths);
      const from = ({ world }: Subject) => world.calendar.shift(world.now, { ...by, amount: -by.amount });
      return {
        text: `in Quiet(${by.amount}${by.unit})`,
        holds: (subject) => !hasEvent("opened", subject, from(subject)),
      };
    }
    case "segment with default": {
      const value = dice.pick(enumValues);
      const text = value === "gold" ? "in Plain" : `in Plain(${value})`;
      return { text, holds: ({ row }) => row.role === value };
    }
    case "program": {
      const isInside = ({ world, row }: Subject) =>
        world.stays.some(
          (stay) =>
            stay.program === "onboarding" &&
            stay.contactId === row.id &&
            stay.at <= world.now &&
            (stay.leftAt === null || stay.leftAt > world.now),
        );
      return { text: "in program onboarding", holds: isInside };
    }
    case "list": {
      const list = dice.pick(["vips", "press"]);
      const isMember = ({ world, row }: Subject) =>
        world.members.some((found) => found.list === list && found.contactId === row.id && found.at <= world.now);
      return { text: `in ${list}`, holds: isMember };
    }
    default: {
      const isSuppressed = (subject: Subject) =>
        subject.world.suppressed.some((found) => found.address === addressOf(subject) && found.at <= subject.world.now);
      return { text: "in Suppressed", holds: isSuppressed };
    }
  }
}

function drawConsent({ dice, note }: Asking): Predicate {
  const topic = dice.pick(["tips", "news"]);
  const kind = dice.pick(["subscribed to", "unsubscribed from"]);
  note(kind);
  return {
    text: `${kind} ${topic}`,
    holds(subject) {
      const { world } = subject;
      const said = world.consents.filter(
        (row) => row.address === addressOf(subject) && [topic, "*"].includes(row.topic) && row.at <= world.now,
      );
      const newest = Math.max(...said.map((row) => row.at));
      const latest = said.filter((row) => row.at === newest);
      const isRefused = latest.some((row) => !row.isYes);
      if (kind === "unsubscribed from") return isRefused;
      return topic === "news" ? latest.length > 0 && !isRefused : !isRefused;
    },
  };
}

/** With the parameters that it asks for, as they are declared: each has a default and is used without an argument. */
function drawWithParameters(dice: Dice, world: World, computed: Computed): Predicate & { readonly parameters: string } {
  const declared: string[] = [];
  const parameter = (type: string, value: string) => {
    note(`parameter ${type.replace(/ .*/, "")}`);
    const name = `v${declared.length}`;
    declared.push(`${name} ${type} = ${value}`);
    return name;
  };
  const predicate = drawExpr({ dice, world, note, parameter, computed }, 2);
  return { ...predicate, parameters: declared.length === 0 ? "" : `(${declared.join(", ")})` };
}

/** Scores and funnels have no parameters, and what they are made of is not what is asked of them. */
function drawComputed(dice: Dice, world: World): Computed {
  const draw = { dice, world, note: () => undefined, parameter: (_: string, value: string) => value };
  const scores = ["S0", "S1"].map((name) => drawScore(draw, name));
  return { scores, funnels: ["F0", "F1"].map((name) => drawFunnel(draw, name, scores)) };
}

async function judge(dice: Dice, plan: Plan): Promise<void> {
  const world = {
    ...drawWorld(dice, plan.catalog),
    calendar: calendarOf(plan.project.zone, plan.project.firstWeekday),
  };
  await build(database, world);
  const computed = drawComputed(dice, world);
  const predicates = dice.times(38, () => drawWithParameters(dice, world, computed));
  const pairs = predicates.map(
    ({ text, parameters }, index) =>
      `segment X${index}${parameters} where ${text}\nsegment N${index}${parameters} where not (${text})`,
  );
  const declarations = [...computed.scores, ...computed.funnels].map(({ text }) => text);
  const source = `${project}${[...declarations, ...pairs].join("\n")}`;
  const whole = compiled(source);
  const all = world.contacts.map((contact) => String(contact.id)).sort();
  const columns = predicates.flatMap((_, index) =>
    [`X${index}`, `N${index}`].map((id) => ({ name: id, when: { kind: "in segment", segment: id } as const })),
  );
  const contacts = { kind: "contact", from: { text: '"contact"', params: {} } } as const;
  const rows = await database.rows(bind(printConditions(whole, contacts, columns), world.calendar, world.now));
  const asked = [dice.below(predicates.length)];
  for (const [index, predicate] of predicates.entries()) {
    const found = (id: string) =>
      rows
        .filter((row) => row[id] === true)
        .map((row) => String(row.contact_id))
        .sort();
    const meant = (segment: string, wanted: boolean) => {
      currentSegment = segment;
      const people = world.contacts.filter((row) => predicate.holds({ world, row }) === wanted);
      return people.map((row) => String(row.id)).sort();
    };
    const [inside, outside] = [found(`X${index}`), found(`N${index}`)];
    expect(inside, predicate.text).toEqual(meant(`X${index}`, true));
    expect(outside, `not: ${predicate.text}`).toEqual(meant(`N${index}`, false));
    if (!predicate.text.includes("sample")) expect([...inside, ...outside].sort(), predicate.text).toEqual(all);
    if (asked.includes(index)) {
      const members = await database.rows(bind(printMembers(whole, `X${index}`), world.calendar, world.now));
      expect(members.map((row) => String(row.contact_id)).sort(), predicate.text).toEqual(inside);
    }
  }
}

const alternatives = [
  ...["and", "or", "not", "group", "everyone", "sample", "segment", "segment with argument", "segment with default"],
  ...[
    "list",
    "program",
    "Suppressed",
    "subscribed to",
    "unsubscribed from",
    "score",
    "stage",
    "field",
    "company field",
    "field value",
  ],
  ...["field among values", "date beside datetime", "declared name"],
  ...["text", "number", "date", "datetime", "duration", "boolean"].map((type) => `parameter ${type}`),
  ...["=", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not", "is known", "is unknown", "is not known"],
  ...[
    "is not unknown",
    "starts with",
    "ends with",
    "contains",
    "contains any of",
    "contains all of",
    "matches",
    "matches regex",
    "list contains",
    "list contains any of",
    "list contains all of",
    "between",
    "before",
    "after",
    "before period",
    "after period",
  ],
  ...["in calendar", "moment relative", "moment date", "moment datetime", "moment today", "moment now"],
  ...["one link", "several links", "followed by", "not followed by", "for the same"],
  ...["changed", "changed in window", "has been", "has been a day", "stage changed", "stage has been"],
  ...["bare event", "email", "including machines", "where", "event time"],
  ...["at least", "at most", "exactly", "more than", "fewer than"],
  ...["count of", "count of distinct", "sum of", "average of", "lowest", "highest", "first", "last"],
  ...["=", "!=", "in", "in calendar", "between", "before", "after", "<=", ">="].map((form) => `anniversary ${form}`),
  ...["first event", "last event", "aggregate where", "aggregate of time"],
  ...[...windowKinds, "in parameter"].map((kind) => `window ${kind}`),
];

test("a predicate means what it says, and `not` of it the rest", { timeout: 600_000 }, async () => {
  const plan = compiled(project);
  const property = fc.asyncProperty(fc.integer(), (seed) => judge(diceOf(seed), plan));
  await fc.assert(property, { numRuns: runs(65), endOnFailure: true });
  const rare = alternatives.filter((alternative) => (drawn.get(alternative) ?? 0) < 50);
  expect(rare.map((alternative) => `${alternative}: ${drawn.get(alternative) ?? 0}`)).toEqual([]);
});
