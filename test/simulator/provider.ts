// A provider of mail with a will of its own: it takes, refuses, asks for less, hangs, loses answers, shows its logs late, and
// tells of mails in any order, twice, or not at all. All that it does is drawn, so that one seed gives one provider.

import type { Feedback, Instant, Listed, Mailer, Message, SendOutcome } from "../../runtime/ports.ts";
import type { Dice } from "../sql/dice.ts";
import type { Agenda } from "./agenda.ts";

const minuteMs = 60_000;
export const finding = { afterMs: 30 * minuteMs, untilMs: 20 * 60 * minuteMs };

export interface Provider {
  readonly mailer: Mailer;
  /** Every mail that it took, in order. */
  readonly accepted: readonly Message[];
  /** All that can be told, also what no webhook has brought. */
  readonly told: readonly Feedback[];
  /** Nothing is to be handed over before. */
  readonly pausedUntil: () => Instant;
  /** From now on it takes and answers everything. */
  calm(): void;
  readonly outcomes: ReadonlyMap<string, number>;
}

export interface ProviderWorld {
  readonly dice: Dice;
  readonly agenda: Agenda;
  /** Its logs lag behind nothing, and what it has not taken at once it never takes. */
  readonly isPrompt: boolean;
  /** Takes in what webhooks bring that come at the same time; false where nobody listens now, or says so. */
  readonly webhooks: (told: readonly Feedback[]) => Promise<boolean>;
  /** Before each answer to a mail: the world goes on meanwhile. */
  readonly meanwhile: () => Promise<void>;
}

type Answer =
  | "sent"
  | "refused"
  | "slow down"
  | "retry"
  | "halt"
  | "lost"
  | "taken, lost"
  | "hang"
  | "hang, taken"
  | "page";
const answers: readonly (readonly [Answer, number])[] = [
  ["sent", 54],
  ["refused", 5],
  ["slow down", 6],
  ["retry", 6],
  ["halt", 2],
  ["lost", 6],
  ["taken, lost", 10],
  ["hang", 3],
  ["hang, taken", 5],
  ["page", 3],
];

function answerOf(dice: Dice): Answer {
  let left = dice.below(100);
  for (const [answer, weight] of answers) {
    left -= weight;
    if (left < 0) return answer;
  }
  return "sent";
}

const lag = ({ dice, isPrompt }: ProviderWorld) => (isPrompt ? 0 : dice.below(24) * minuteMs);

interface Entry {
  readonly message: Message;
  readonly visibleAt: Instant;
}

interface State {
  readonly accepted: Message[];
  readonly logs: Entry[];
  readonly told: { readonly feedback: Feedback; readonly visibleAt: Instant }[];
  readonly listed: Map<string, Listed>;
  /** What webhooks will bring, by when. */
  readonly posts: Map<Instant, Feedback[]>;
  pausedUntil: Instant;
  isCalm: boolean;
}

export function providerOf(world: ProviderWorld): Provider {
  const { dice, agenda } = world;
  const state: State = {
    accepted: [],
    logs: [],
    told: [],
    listed: new Map(),
    posts: new Map(),
    pausedUntil: 0,
    isCalm: false,
  };
  const outcomes = new Map<string, number>();
  const accept = (message: Message) => {
    state.accepted.push(message);
    state.logs.push({ message, visibleAt: agenda.now() + lag(world) });
    for (const feedback of fateOf(message, world)) announce(state, feedback, world);
  };
  const send = async (message: Message): Promise<SendOutcome> => {
    const answer = state.isCalm ? "sent" : answerOf(dice);
    outcomes.set(answer, (outcomes.get(answer) ?? 0) + 1);
    await world.meanwhile();
    return answered(answer, message, { state, world, accept });
  };
  const unreachable = () => {
    if (!state.isCalm && dice.chance(15)) throw new Error("the logs cannot be read");
  };
  return {
    mailer: {
      name: "simulated",
      delivers: false,
      finding,
      send,
      find: async (sendId) => {
        unreachable();
        const isSeen = state.logs.some(
          ({ message, visibleAt }) => message.sendId === sendId && visibleAt <= agenda.now(),
        );
        return isSeen ? "sent" : "absent";
      },
      records: recordsOf(state, world, unreachable),
    },
    accepted: state.accepted,
    get told() {
      return state.told.map(({ feedback }) => feedback);
    },
    pausedUntil: () => state.pausedUntil,
    calm: () => {
      state.isCalm = true;
    },
    outcomes,
  };
}

interface Answering {
  readonly state: State;
  readonly world: ProviderWorld;
  readonly accept: (message: Message) => void;
}

function answered(answer: Answer, message: Message, { state, world, accept }: Answering): SendOutcome {
  const { dice, agenda } = world;
  switch (answer) {
    case "sent":
      accept(message);
      return { kind: "sent", providerId: `id-${state.accepted.length}` };
    case "refused":
      return { kind: "refused", reason: "it is not a valid address" };
    case "slow down": {
      const afterMs = dice.maybe(dice.below(90) * minuteMs);
      state.pausedUntil = Math.max(state.pausedUntil, agenda.clock.now() + Math.max(minuteMs, afterMs ?? 0));
      return { kind: "slow down", reason: "too fast", afterMs };
    }
    case "retry":
      return { kind: "retry", reason: "connection refused", afterMs: null };
    case "halt":
      return { kind: "halt", reason: "the key is not taken" };
    case "lost":
      return { kind: "unknown", reason: "connection reset" };
    case "taken, lost":
      accept(message);
      throw new Error("connection reset");
    case "page":
      return { kind: "unknown", reason: "the answer has no id" };
    case "hang":
    case "hang, taken":
      // It may take the mail when everybody has given up on it.
      if (answer === "hang, taken" && world.isPrompt) accept(message);
      else if (answer === "hang, taken")
        agenda.add(agenda.now() + dice.below(5) * minuteMs, async () => accept(message));
      agenda.pass(10_000);
      return { kind: "unknown", reason: "no answer in 10 seconds" };
  }
}

/** What becomes of a mail that was taken. */
function fateOf(message: Message, { dice, agenda }: ProviderWorld): readonly Feedback[] {
  const at = (minutes: number) => agenda.now() + dice.below(minutes) * minuteMs;
  const mailbox = message.to.toLowerCase().trim();
  const one = (kind: Feedback["kind"], when: Instant, link: string | null = null): Feedback => ({
    id: `${kind}:${message.sendId}${link ?? ""}`,
    kind,
    sendId: message.sendId,
    mailbox,
    at: when,
    link,
    reason: null,
    isMachine: dice.chance(20),
  });
  const deliveredAt = at(20);
  if (dice.chance(12)) return [one(dice.pick(["bounced", "undelivered", "delayed"]), deliveredAt)];
  const told = [one("delivered", deliveredAt)];
  if (dice.chance(50)) told.push(one("opened", at(600)));
  for (const link of ["a", "b"]) if (dice.chance(20)) told.push(one("clicked", at(600), link));
  if (dice.chance(4)) told.push(one("complained", at(600)));
  if (dice.chance(8)) told.push(one("unsubscribed", at(600)));
  return told;
}

const reasons = { bounced: "bounced", complained: "complained", unsubscribed: "unsubscribed" } as const;
const isListing = (kind: Feedback["kind"]): kind is keyof typeof reasons => kind in reasons;

/** Puts it on record, and posts it some times, from none to three. */
function announce(state: State, feedback: Feedback, world: ProviderWorld): void {
  const { dice, agenda } = world;
  agenda.add(feedback.at, async () => {
    state.told.push({ feedback, visibleAt: agenda.now() + lag(world) });
    const { kind, mailbox, at } = feedback;
    if (isListing(kind)) state.listed.set(`${kind} ${mailbox}`, { mailbox, reason: reasons[kind], at });
  });
  for (let posts = dice.pick([0, 1, 1, 1, 2, 3]); posts > 0; posts--) {
    post(state, [feedback], feedback.at + dice.below(300) * minuteMs, world);
  }
}

/** Webhooks of about one time come together, as a server takes them in. */
const togetherMs = 40 * minuteMs;

type Posting = Pick<ProviderWorld, "agenda" | "webhooks">;

function post(state: State, told: readonly Feedback[], at: Instant, { agenda, webhooks }: Posting, hours = 0): void {
  const when = Math.ceil(at / togetherMs) * togetherMs;
  const waiting = state.posts.get(when);
  if (waiting) {
    waiting.push(...told);
    return;
  }
  const batch = [...told];
  state.posts.set(when, batch);
  agenda.add(when, async () => {
    state.posts.delete(when);
    if (await webhooks(batch)) return;
    // As long as nobody listens it is tried again, for some hours.
    if (hours < 8) post(state, batch, agenda.now() + 60 * minuteMs, { agenda, webhooks }, hours + 1);
  });
}

function recordsOf(
  state: State,
  { agenda, dice }: ProviderWorld,
  unreachable: () => void,
): NonNullable<Mailer["records"]> {
  return {
    async *told(since) {
      unreachable();
      const seen = state.told.filter(({ feedback, visibleAt }) => feedback.at >= since && visibleAt <= agenda.now());
      const found = dice.shuffle(seen.map(({ feedback }) => feedback));
      for (let start = 0; start < found.length; start += 3) {
        if (start > 0) unreachable();
        yield found.slice(start, start + 3);
      }
    },
    async *listed() {
      unreachable();
      yield [...state.listed.values()];
    },
    list: async (entries) => {
      unreachable();
      for (const entry of entries) state.listed.set(`${entry.reason} ${entry.mailbox}`, { ...entry, at: agenda.now() });
    },
    unlist: async (mailboxes) => {
      unreachable();
      for (const mailbox of mailboxes) state.listed.delete(`unsubscribed ${mailbox}`);
    },
  };
}
