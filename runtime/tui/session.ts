// The state of the screen while it is open: events come in, effects go out.

import type { Failure, Station, Watched } from "../index.ts";
import { viewOf } from "./layout.ts";
import { type Effect, initialState, reduce, type UiEvent, type UiState } from "./state.ts";
import type { TerminalSize } from "./use-terminal-size.ts";

export interface Shown {
  readonly seen: Watched | null;
  readonly state: UiState;
}

export interface Session {
  readonly current: () => Shown;
  readonly subscribe: (listener: () => void) => () => void;
  readonly dispatch: (event: UiEvent) => void;
  readonly close: () => void;
}

export interface SessionRequest {
  readonly station: Station;
  readonly size: () => TerminalSize;
  readonly isReadOnly: boolean;
  readonly isApart: boolean;
  readonly onQuit: () => void;
  readonly onSuspend: () => void;
}

export function openSession(request: SessionRequest): Session {
  const { station, isReadOnly, isApart } = request;
  let shown: Shown = { seen: null, state: { ...initialState, isReadOnly, isApart } };
  const listeners = new Set<() => void>();
  const show = (next: Shown) => {
    shown = next;
    for (const listener of listeners) listener();
  };
  const dispatch = (event: UiEvent) => {
    const { columns, rows } = request.size();
    const { extent } = viewOf(shown.seen, shown.state, columns, rows);
    const { state, effects } = reduce(shown.state, event, extent);
    if (state !== shown.state) show({ ...shown, state });
    for (const effect of effects) follow(request, effect, dispatch);
  };
  const leave = station.subscribe((news) => {
    if (news.kind === "seen") show({ ...shown, seen: news.seen });
    else dispatch(news);
  });
  return {
    current: () => shown,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    dispatch,
    close: leave,
  };
}

function follow(
  { station, onQuit, onSuspend }: SessionRequest,
  effect: Effect,
  dispatch: (event: UiEvent) => void,
): void {
  const refused = ({ text, help }: Failure) => dispatch({ kind: "failed", text: `${text} ${help}` });
  // What throws is a mistake of ours, and said all the same: nobody may believe that it was done.
  const broke = (error: unknown) => dispatch({ kind: "failed", text: String(error) });
  switch (effect.kind) {
    case "act":
      station
        .act(effect.deed)
        .then((done) => (done.ok ? dispatch({ kind: "done", text: done.value }) : refused(done.failure)), broke);
      return;
    case "count segments":
      station
        .segments()
        .then((view) => (view.ok ? dispatch({ kind: "segments", view: view.value }) : refused(view.failure)), broke);
      return;
    case "suspend":
      onSuspend();
      return;
    case "quit":
      onQuit();
  }
}
