// Random people, each in a program that an event may have started.

import type { Behaviour } from "../../compiler/ir/condition.ts";
import type { Dice } from "../sql/dice.ts";
import { oracleOf } from "../sql/oracle.ts";
import type { Enrollment, EventRow, World } from "../sql/world.ts";

/** `starts`: the behaviours that start people; nobody else is let in where there are some. */
export function enrollAll(dice: Dice, world: World, starts: readonly Behaviour[]): World {
  const key = world.catalog.contact.key;
  const enrollments = world.contacts.flatMap((contact): readonly Enrollment[] => {
    const contactId = String(contact[key]);
    const rows = starts.flatMap((start) => rowsOf(world, start, contactId));
    if (rows.length === 0 && starts.length > 0) return [];
    const [event, row] = rows.length > 0 ? dice.pick(rows) : [null, null];
    const startedAt = row?.at ?? world.now - dice.below(100) * 86_400_000;
    return [
      {
        contactId,
        enrollmentId: `e ${contactId}`,
        startedAt,
        startEvent: event,
        startEventId: row?.eventId ?? null,
        waitFrom: startedAt,
        waitUntil: null,
      },
    ];
  });
  return { ...world, enrollments };
}

/** Events of hers that are such as the start asks for, each looked at by itself. */
function rowsOf(world: World, start: Behaviour, contactId: string): readonly (readonly [string, EventRow])[] {
  const bare: Behaviour = { ...start, count: null, from: null, until: null };
  const own = (world.events.get(start.event) ?? []).filter((row) => row.contactId === contactId);
  return own.flatMap((row) => {
    const alone = { ...world, events: new Map([[start.event, [row]]]) };
    const oracle = oracleOf(alone, { segments: [], scores: [], funnels: [] });
    return oracle.isTrue(bare, { contactId, enrollment: null }) ? [[start.event, row] as const] : [];
  });
}
