// The arms of a program, as `show program` tells of them.

import type { ArmsView, Instant } from "../index.ts";
import { instantText, plural } from "./shell.ts";
import { table } from "./table.ts";

const counted = (count: number): string => count.toLocaleString("en-US");

/** One word more than a rate needs: what they did of whom it is a share. */
const did = { open: "opened", click: "clicked", goal: "reached the goal" } as const;

function rateText(measured: NonNullable<ArmsView["arms"][number]["measured"]>): string {
  return measured.people === 0 ? "-" : `${((100 * measured.did) / measured.people).toFixed(1)}%`;
}

function stateText({ contest, winner }: ArmsView): string {
  if (contest === null) return "no winner is asked for";
  const by = `by ${contest.by} rate`;
  if (winner !== null) return `\`${winner.arm}\` won ${by} on ${instantText(winner.at)}; whoever comes since takes it`;
  const needs = plural(contest.needs, contest.by === "goal" ? "person" : "mail");
  const each = `${contest.by === "goal" && contest.needs !== 1 ? needs.replace(/persons$/, "people") : needs} for each arm`;
  const when = contest.from === null ? "nobody has come yet" : `not before ${instantText(contest.from)}`;
  return `no winner yet: ${by}, with ${each}, ${when}`;
}

function armTable({ contest, arms }: ArmsView): string {
  const plain = arms.map(({ arm, share, people }) => [arm, `${share}%`, counted(people)]);
  if (contest === null) return table(["arm", "share", "people"], plain);
  const isGoal = contest.by === "goal";
  const head = isGoal ? ["counted"] : ["mails sent", "delivered to"];
  const rows = arms.map(({ measured }, index) => [
    ...(plain[index] ?? []),
    ...(measured === null
      ? [...head.map(() => "-"), "-", "-"]
      : [
          ...(isGoal ? [counted(measured.people)] : [counted(measured.count), counted(measured.people)]),
          counted(measured.did),
          rateText(measured),
        ]),
  ]);
  return table(["arm", "share", "people", ...head, did[contest.by], `${contest.by} rate`], rows);
}

/** Empty where nothing divides the people. */
export const armsText = (views: readonly ArmsView[]): string =>
  views
    .map((view) => {
      const name = view.experiment === null ? view.title : `experiment ${view.experiment}`;
      return `\n${name}: ${stateText(view)}\n${armTable(view)}`;
    })
    .join("");

/** Every instant as ISO 8601 in UTC. */
export const armsJson = (views: readonly ArmsView[]) => {
  const iso = (at: Instant | null) => (at === null ? null : new Date(at).toISOString());
  return views.map(({ contest, winner, ...rest }) => ({
    ...rest,
    contest: contest && { ...contest, from: iso(contest.from) },
    winner: winner && { ...winner, at: iso(winner.at) },
  }));
};
