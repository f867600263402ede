// The screen as a whole, through Ink, on a terminal that is only memory.

import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Deed, StationNews } from "../../runtime/index.ts";
import type { Watched } from "../../runtime/snapshot.ts";
import { layout } from "../../runtime/tui/layout.ts";
import { startUi, type Ui } from "../../runtime/tui/start.ts";
import { initialState } from "../../runtime/tui/state.ts";
import { type FakeTerminal, fakeTerminal } from "./fake-terminal.ts";
import { busy, calm, told } from "./sample.ts";

const entered = "\u001b[?1049h\u001b[?25l";
const left = "\u001b[?25h\u001b[?1049l";

function stationOf(first: Watched | null) {
  let seen = first;
  const listeners = new Set<(news: StationNews) => void>();
  const deeds: Deed[] = [];
  const tellAll = (news: StationNews) => {
    for (const listener of listeners) listener(news);
  };
  return {
    subscribe: (listener: (news: StationNews) => void) => {
      listeners.add(listener);
      if (seen !== null) listener({ kind: "seen", seen });
      return () => void listeners.delete(listener);
    },
    act: async (deed: Deed) => {
      deeds.push(deed);
      return { ok: true as const, value: "It is done." };
    },
    segments: async () => ({ ok: true as const, value: { refreshedAt: null, looked: null, segments: [] } }),
    tell: (next: Watched) => {
      seen = next;
      tellAll({ kind: "seen", seen: next });
    },
    tellAll,
    deeds,
    listeners,
  };
}

interface Opened {
  readonly terminal: FakeTerminal;
  readonly source: ReturnType<typeof stationOf>;
  readonly ui: Ui;
  readonly quits: () => number;
}

async function opened(seen: Watched | null = busy, suspend = async () => {}): Promise<Opened> {
  const terminal = fakeTerminal(80, 24);
  const source = stationOf(seen);
  let quits = 0;
  const ui = startUi(source, terminal, { colour: false, onQuit: () => void quits++, suspend });
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
    await until(() => shows(terminal, "do what helps"));
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
    await until(() => shows(terminal, "> win_back"));
    terminal.resize(39, 24);
    await until(() => shows(terminal, "too small"));
    terminal.resize(200, 50);
    await until(() => shows(terminal, "Problems: none"));
    expect(terminal.frame()).toHaveLength(49);
  });

  test("paints the rows that changed, and nothing where none did", async () => {
    const { terminal, source } = await opened();
    await until(() => terminal.frame().length === 23);
    const before = terminal.written().length;
    source.tell(told(busy, { ticks: 1_235 }));
    await until(() => shows(terminal, "tick 1,235"));
    const painted = terminal.written().slice(before);
    expect(painted).toContain("tick 1,235");
    expect(painted).not.toContain("onboarding");
    const frames = terminal.frames();
    source.tell(told(busy, { ticks: 1_235 }));
    await nextTurn();
    terminal.type("j");
    await until(() => shows(terminal, "> win_back"));
    expect(terminal.frames()).toBe(frames + 1);
  });

  test("does what was confirmed, and says so", async () => {
    const { terminal, source } = await opened();
    terminal.type("p");
    await until(() => shows(terminal, "Pause onboarding? Type `onboarding`: _"));
    terminal.type("onboarding\r");
    await until(() => shows(terminal, "It is done."));
    expect(source.deeds).toEqual([{ kind: "pause", program: "onboarding" }]);
  });

  test("says that the engine is gone, and that it is back", async () => {
    const { terminal, source } = await opened();
    source.tellAll({ kind: "down", text: "The engine has ended." });
    await until(() => shows(terminal, "NO ENGINE"));
    source.tellAll({ kind: "up", engine: "Cadenza 0.1.0, process 7" });
    await until(() => shows(terminal, "The engine is back"));
  });

  test("Ctrl-Z puts the terminal back, and all is painted anew afterwards", async () => {
    let goOn = () => {};
    const { terminal } = await opened(
      busy,
      () =>
        new Promise((resolve) => {
          goOn = resolve;
        }),
    );
    terminal.type("\u001a");
    await until(() => terminal.written().endsWith(left) && !terminal.isRaw());
    const frames = terminal.frames();
    goOn();
    await until(() => terminal.frames() > frames && terminal.isRaw());
    expect(terminal.written().split(entered)).toHaveLength(3);
    expect(terminal.written().split(entered).at(-1)).toContain("onboarding");
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
    source.tell(told(busy, { at: Number.NaN }));
    await expect(ui.finished).rejects.toThrow("Invalid time value");
    expect(isRestored(terminal)).toBe(true);
    expect(quits()).toBe(1);
  });
});
