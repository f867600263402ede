// Joins the snapshots, the keys and the size of the terminal to the layout.

import { useInput } from "ink";
import { type ReactElement, useEffect, useState, useSyncExternalStore } from "react";
import { Frame } from "./Frame.tsx";
import { actionsOf } from "./keys.ts";
import { layout, viewOf } from "./layout.ts";
import type { SnapshotSource } from "./paced.ts";
import { initialState, reduce } from "./state.ts";
import { useTerminalSize } from "./use-terminal-size.ts";

export interface AppProps {
  readonly source: SnapshotSource;
  readonly stdout: NodeJS.WriteStream;
  readonly isColoured: boolean;
  readonly onQuit: () => void;
  /** Called when the app is taken down, for whatever reason. */
  readonly onGone: () => void;
}

export function App({ source, stdout, isColoured, onQuit, onGone }: AppProps): ReactElement {
  const snapshot = useSyncExternalStore(source.subscribe, source.current);
  const { columns, rows } = useTerminalSize(stdout);
  const [state, setState] = useState(initialState);
  useEffect(() => onGone, [onGone]);
  useInput((input, key) => {
    for (const action of actionsOf(input, key)) {
      if (action.kind === "quit") return onQuit();
      setState((before) => reduce(before, action, viewOf(snapshot, before, columns, rows).extent));
    }
  });
  return <Frame lines={layout(snapshot, state, columns, rows)} isColoured={isColoured} />;
}
