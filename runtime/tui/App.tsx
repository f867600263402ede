// Joins what is seen, the keys and the size of the terminal to the layout.

import { useInput } from "ink";
import { type ReactElement, useEffect, useSyncExternalStore } from "react";
import { Frame } from "./Frame.tsx";
import { keysOf } from "./keys.ts";
import { layout } from "./layout.ts";
import { inAscii } from "./ascii.ts";
import type { Session } from "./session.ts";
import { useTerminalSize } from "./use-terminal-size.ts";

export interface AppProps {
  readonly session: Session;
  readonly stdout: NodeJS.WriteStream;
  readonly isColoured: boolean;
  /** The terminal shows no more than ASCII. */
  readonly isAscii: boolean;
  /** Called when the app is taken down, for whatever reason. */
  readonly onGone: () => void;
}

export function App({ session, stdout, isColoured, isAscii, onGone }: AppProps): ReactElement {
  const { seen, state } = useSyncExternalStore(session.subscribe, session.current);
  const { columns, rows } = useTerminalSize(stdout);
  useEffect(() => onGone, [onGone]);
  useInput((input, key) => {
    for (const name of keysOf(input, key)) session.dispatch({ kind: "key", name });
  });
  const lines = layout(seen, state, columns, rows);
  return <Frame lines={isAscii ? lines.map(inAscii) : lines} isColoured={isColoured} />;
}
