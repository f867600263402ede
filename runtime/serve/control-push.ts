// What a client is told without asking: always the newest, and never more than it takes.

import type { Socket } from "node:net";

/** A client as whoever answers it sees it. */
export interface Client {
  /** Sends a line; where the one before is still on its way it waits, and the newest takes the place of who waits. */
  readonly show: (line: string) => void;
  /** Calls when the client is gone. */
  readonly onGone: (end: () => void) => void;
}

export function clientOf(socket: Socket): Client {
  let isBusy = false;
  let waiting: string | null = null;
  const send = (line: string) => {
    isBusy = true;
    socket.write(`${line}\n`, () => {
      isBusy = false;
      const next = waiting;
      waiting = null;
      if (next !== null && !socket.destroyed) send(next);
    });
  };
  return {
    show: (line) => {
      if (socket.destroyed) return;
      if (isBusy) waiting = line;
      else send(line);
    },
    onGone: (end) => {
      if (socket.destroyed) end();
      else socket.once("close", end);
    },
  };
}
