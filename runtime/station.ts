// What a screen is attached to: an engine in this process, or one behind its control socket.

import type { Cadenza, SegmentsView } from "./cadenza.ts";
import type { Result } from "./ports.ts";
import type { Remedy, Watched } from "./snapshot.ts";

/** What a person at the screen may do. */
export type Deed = Remedy | { readonly kind: "pause"; readonly program: string } | Stop | Eject;
interface Stop {
  readonly kind: "stop all";
}
interface Eject {
  readonly kind: "eject";
  readonly contact: string;
  readonly program: string;
}

export type StationNews =
  | { readonly kind: "seen"; readonly seen: Watched }
  /** `engine`: who answers, in words. */
  | { readonly kind: "up"; readonly engine: string }
  /** Why nobody answers now, in words. */
  | { readonly kind: "down"; readonly text: string };

export interface Station {
  /** The result ends it. */
  subscribe(listener: (news: StationNews) => void): () => void;
  /** What was done, in words. */
  act(deed: Deed): Promise<Result<string>>;
  segments(): Promise<Result<SegmentsView>>;
}

export type Actable = Pick<Cadenza, "pause" | "resume" | "retry" | "eject">;

const said = <T>(result: Result<T>, words: (value: T) => string): Result<string> =>
  result.ok ? { ok: true, value: words(result.value) } : result;

/** `by`: who does it, for the record. */
export async function perform(engine: Actable, deed: Deed, by: string): Promise<Result<string>> {
  switch (deed.kind) {
    case "pause":
      return said(await engine.pause(deed.program, { by }), () => `${deed.program} is paused.`);
    case "resume":
      return said(await engine.resume(deed.program, { by }), () => `${deed.program} goes on with the next tick.`);
    case "stop all":
      return said(await engine.pause("all", { by }), () => "Everything is stopped.");
    case "resume all":
      return said(await engine.resume("all", { by }), () => "All programs go on with the next tick.");
    case "retry":
      return said(
        await engine.retry({ by }),
        ({ mails, calls }) => `${mails} mails and ${calls} calls are tried again.`,
      );
    case "eject": {
      const { contact, program } = deed;
      return said(
        await engine.eject({ contact, program, by }),
        () => `${contact} leaves ${program} with the next tick.`,
      );
    }
  }
}

/** The engine of this process. */
export function ownStation(engine: Cadenza, by: string): Station {
  return {
    subscribe: (listener) => engine.watch((seen) => listener({ kind: "seen", seen })),
    act: (deed) => perform(engine, deed, by),
    segments: () => engine.segments(),
  };
}
