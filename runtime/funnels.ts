// Funnels and months as tables that can be printed.

import type { Plan } from "../compiler/ir/plan.ts";
import type { Table } from "./cadenza.ts";
import { type Funnel, funnels, months } from "./engine/funnel.ts";
import type { Database } from "./ports.ts";

const count = (value: number) => value.toLocaleString("en-US");

function share(part: number, whole: number): string {
  return whole === 0 ? "" : `${((100 * part) / whole).toFixed(1)}%`;
}

function funnelTable(funnel: Funnel): Table {
  const { entered } = funnel;
  const row = (what: string, people: number) => [what, count(people), share(people, entered)];
  return {
    title: `${funnel.program}, per person who entered`,
    head: ["", "people", "share"],
    rows: [
      row("entered", entered),
      row("mailed", funnel.sent),
      row("received", funnel.received),
      row("opened", funnel.opened),
      row("clicked", funnel.clicked),
      row("reached the goal", funnel.goals),
      ...funnel.left.map(({ reason, people }) => row(`left: ${reason}`, people)),
      row("still inside", funnel.active),
    ],
  };
}

/** Per program its funnel, and what happened month by month in the project's zone. */
export async function funnelTables(database: Database, plan: Plan): Promise<readonly Table[]> {
  const byMonth = await months(database, plan);
  return (await funnels(database, plan)).flatMap((funnel) => {
    const own = byMonth.filter(({ program }) => program === funnel.program);
    const table: Table = {
      title: `${funnel.program}, by month`,
      head: ["month", "entered", "mails", "reached the goal", "left"],
      rows: own.map(({ month, entered, mailed, goals, left }) => [month, ...[entered, mailed, goals, left].map(count)]),
    };
    return own.length === 0 ? [funnelTable(funnel)] : [funnelTable(funnel), table];
  });
}
