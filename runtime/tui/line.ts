// A run without a screen: one line now and then.

import type { Snapshot } from "../index.ts";
import { countText, dueNext, instantText, peopleInside, plural } from "./words.ts";

/** `2026-03-02 09:00 UTC  tick 12  345 inside  1,200 sent  due next 2026-03-03 09:00`, without a line break. */
export function lineOf(snapshot: Snapshot): string {
  const { at, ticks, mail, problems } = snapshot;
  const due = dueNext(snapshot);
  return [
    `${instantText(at)} UTC`,
    `tick ${countText(ticks)}`,
    `${countText(peopleInside(snapshot))} inside`,
    `${countText(mail.sent)} sent`,
    due === null ? "nothing due" : `due next ${instantText(due)}`,
    ...(problems.length > 0 ? [plural(problems.length, "problem")] : []),
  ].join("  ");
}
