// The screen as a whole, through Ink, on a terminal that is only memory.

import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Snapshot } from "../../runtime/snapshot.ts";
import { layout } from "../../runtime/tui/layout.ts";
import { paced } from "../../runtime/tui/paced.ts";
import { startUi, type Ui } from "../../runtime/tui/start.ts";
import { initialState } from "../../runtime/tui/state.ts";
import { type FakeTerminal, fakeTerminal } from "./fake-terminal.ts";
import { busy, calm } from "./sample.ts";

const entered = "\u001b[?1049h\u001b[?25l";
const left = "\u001b[?25h\u001b[?1049l";

function sourceOf(first: Snapshot | null) {
  let seen = first;
  const listeners = new Set<() => void>();
  return {
    current: () => seen,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell: (next: Snapshot) => {
      seen = next;
      for (const listener of listeners) listener();
    },
    listeners,
  };
}

interface Opened {
  readonly terminal: FakeTerminal;
  readonly source: ReturnType<typeof sourceOf>;
  readonly ui: Ui;
  readonly quits: () => number;
}

async function opened(snapshot: Snapshot | null = busy): Promise<Opened> {
  const terminal = fakeTerminal(80, 24);
  const source = sourceOf(snapshot);
  let quits = 0;
  const ui = startUi(source, terminal, { colour: false, onQuit: () => void quits++ });
  onTestFinished(ui.stop);
  await until(() => terminal.isRaw());
  return { terminal, source, ui, quits: () => quits };
}

/** Waits turn by turn of the event loop, not for time. */
async function until(holds: () => boolean): Promise<void> {
  await vi.waitFor(
    async () => {
      await nextTurn();
      expect(holds()).toBe(true);
    },
    { interval: 1, timeout: 10_000 },
  );
}

const shows = (terminal: FakeTerminal, text: string) => terminal.frame().some((row) => row.includes(text));

describe("the screen", () => {
  test("paints the layout, row by row, on the second screen", async () => {
    const { terminal } = await opened();
    expect(terminal.written().startsWith(entered)).toBe(true);
    const expected = layout(busy, initialState, 80, 24).map(({ text }) => text.trimEnd());
    expect(terminal.frame()).toEqual(expected);
  });

  test("follows keys", async () => {
    const { terminal } = await opened();
    terminal.type("j");
    await until(() => shows(terminal, "> win_back"));
    terminal.type("\u001b[A");
    await until(() => shows(terminal, "> onboarding"));
    terminal.type("\r");
    await until(() => shows(terminal, "Why people left"));
    terminal.type("\u001b");
    await until(() => shows(terminal, "Programs (3)"));
    terminal.type("?");
    await until(() => shows(terminal, "stop the run and leave"));
  });

  test("hears keys that arrive in one piece", async () => {
    const { terminal } = await opened();
    terminal.type("jj");
    await until(() => shows(terminal, "> yearly_thanks"));
  });

  test("follows the snapshots and the size", async () => {
    const { terminal, source } = await opened(null);
    expect(shows(terminal, "Starting.")).toBe(true);
    source.tell(calm);
    await until(() => shows(terminal, "400 sent"));
    terminal.resize(39, 24);
    await until(() => shows(terminal, "too small"));
    terminal.resize(200, 50);
    await until(() => shows(terminal, "Mail: 400 sent"));
    expect(terminal.frame()).toHaveLength(49);
  });

  test("paints a flood of snapshots at its own pace, and the last of them", async () => {
    const { terminal, source } = await opened();
    const before = terminal.frames();
    for (let ticks = 1; ticks <= 1_000; ticks++) source.tell({ ...busy, ticks });
    await until(() => shows(terminal, "tick 1,000"));
    expect(terminal.frames() - before).toBeLessThanOrEqual(5);
  });
});

describe("leaving", () => {
  const isRestored = (terminal: FakeTerminal) => terminal.written().endsWith(left) && !terminal.isRaw();

  test.each([
    ["q", "q"],
    ["Ctrl-C", "\u0003"],
  ])("%s puts the terminal back and tells the caller once", async (_, key) => {
    const { terminal, ui, quits, source } = await opened();
    terminal.type(key);
    await ui.finished;
    expect(isRestored(terminal)).toBe(true);
    expect(quits()).toBe(1);
    expect(source.listeners.size).toBe(0);
  });

  test("stop puts it back before it returns, and nothing is painted after", async () => {
    const { terminal, ui, quits, source } = await opened();
    ui.stop();
    expect(isRestored(terminal)).toBe(true);
    ui.stop();
    source.tell(calm);
    await ui.finished;
    expect(isRestored(terminal)).toBe(true);
    expect(terminal.written().split(left)).toHaveLength(2);
    expect(quits()).toBe(0);
  });

  test("a fault of the screen itself puts it back and is told", async () => {
    const { terminal, ui, quits, source } = await opened();
    source.tell({ ...busy, at: Number.NaN });
    await expect(ui.finished).rejects.toThrow("Invalid time value");
    expect(isRestored(terminal)).toBe(true);
    expect(quits()).toBe(1);
  });
});

describe("a paced source", () => {
  test("passes the first change at once and never loses the last", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const source = sourceOf(null);
    const slow = paced(source, 100);
    const seen: number[] = [];
    slow.subscribe(() => void seen.push(slow.current()?.ticks ?? -1));
    for (let ticks = 1; ticks <= 5; ticks++) source.tell({ ...busy, ticks });
    expect(seen).toEqual([1]);
    vi.advanceTimersByTime(100);
    expect(seen).toEqual([1, 5]);
    vi.advanceTimersByTime(1_000);
    expect(seen).toEqual([1, 5]);
    source.tell({ ...busy, ticks: 6 });
    expect(seen).toEqual([1, 5, 6]);
    slow.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
