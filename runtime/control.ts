// What a running engine can be asked over its control socket: each request with what it takes, and who answers.

import type { Plan } from "../compiler/ir/plan.ts";
import type { Cadenza } from "./cadenza.ts";
import type { TestMailRequest } from "./previewed.ts";
import { failure } from "./failures/failures.ts";
import type { ListChange } from "./kept.ts";
import type { Control, ControlRequest } from "./operated.ts";
import type { Failure, Result } from "./ports.ts";
import { readProject } from "./sources/project.ts";
import { protocolVersion } from "./serve/control-protocol.ts";
import type { Client } from "./serve/control-push.ts";
import { type ControlDoor, startControl } from "./serve/control-server.ts";
import { subscribing } from "./subscribing.ts";

/** What a value may be, by the word for it. */
interface Kinds {
  readonly text: string;
  readonly instant: number;
  readonly count: number;
  readonly flag: boolean;
  readonly texts: readonly string[];
  /** Of what was applied; null: nothing was. */
  readonly version: number | null;
}
type Shape = Readonly<Record<string, keyof Kinds>>;
type Given<S extends Shape> = { readonly [K in keyof S]: Kinds[S[K]] };

const isKind: { readonly [K in keyof Kinds]: (value: unknown) => boolean } = {
  text: (value) => typeof value === "string",
  instant: (value) => typeof value === "number" && Number.isFinite(value),
  count: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  flag: (value) => typeof value === "boolean",
  texts: (value) => Array.isArray(value) && value.every((one) => typeof one === "string"),
  version: (value) => value === null || (Number.isSafeInteger(value) && Number(value) > 0),
};

type Answering = (engine: Cadenza, given: Readonly<Record<string, unknown>>) => Promise<Result<unknown>>;

/** A request that must come with all of `needs` and may come with what is in `takes`. */
function asking<N extends Shape, M extends Shape>(
  needs: N,
  takes: M,
  answer: (engine: Cadenza, given: Given<N> & Partial<Given<M>>) => Promise<Result<unknown>>,
): Answering {
  return async (engine, given) => {
    const wrong = wrongIn(given, needs, takes);
    // What was read is of the kinds that the shapes say.
    return wrong === null ? answer(engine, given as Given<N> & Partial<Given<M>>) : unreadable(wrong);
  };
}

function wrongIn(given: Readonly<Record<string, unknown>>, needs: Shape, takes: Shape): string | null {
  const missing = Object.keys(needs).find((name) => !Object.hasOwn(given, name));
  if (missing !== undefined) return `\`${missing}\` is missing`;
  for (const [name, value] of Object.entries(given)) {
    const kind = Object.hasOwn(needs, name) ? needs[name] : Object.hasOwn(takes, name) ? takes[name] : undefined;
    if (kind === undefined) return `there is no \`${name}\` in it`;
    if (!isKind[kind](value)) return `\`${name}\` is no ${kind}`;
  }
  return null;
}

const unreadable = (reason: string): Result<never> => ({ ok: false, failure: failure("F489", { reason }) });

const acting = { by: "text", at: "instant" } as const;
const looking = { at: "instant" } as const;
const planning = { samples: "count", looksAhead: "flag", ...looking } as const;

const answers: Readonly<Record<string, Answering>> = {
  pause: asking({ program: "text" }, acting, (engine, { program, ...by }) => engine.pause(program, by)),
  resume: asking({ program: "text" }, acting, (engine, { program, ...by }) => engine.resume(program, by)),
  retry: asking({}, { program: "text", ...acting }, (engine, given) => engine.retry(given)),
  enroll: asking({ contact: "text", program: "text" }, acting, (engine, given) => engine.enroll(given)),
  eject: asking({ contact: "text", program: "text" }, acting, (engine, given) => engine.eject(given)),
  actions: asking({}, {}, (engine) => engine.actions()),
  backup: asking({ file: "text" }, { replaces: "flag" }, (engine, given) => engine.backup(given)),
  load: asking({}, { names: "texts", at: "instant" }, (engine, given) => engine.load(given)),
  why: asking({ contact: "text", segment: "text" }, looking, (engine, { contact, segment, at }) =>
    engine.why(contact, segment, at),
  ),
  whyProgram: asking({ contact: "text", program: "text" }, looking, (engine, { contact, program, at }) =>
    engine.whyProgram(contact, program, at),
  ),
  whyEmail: asking({ contact: "text", email: "text" }, looking, (engine, { contact, email, at }) =>
    engine.whyEmail(contact, email, at),
  ),
  forget: asking({ contact: "text" }, { withSameAddress: "flag", ...looking }, (engine, given) => engine.forget(given)),
  export: asking({ contact: "text" }, {}, (engine, { contact }) => engine.export(contact)),
  asTest: asking({ contact: "text", kind: "text", name: "text", root: "text" }, {}, asTest),
  reports: asking({}, { report: "text", ...looking }, (engine, { report, at }) => engine.reports(report, at)),
  foresee: asking({}, planning, (engine, given) => engine.foresee(given)),
  savePlan: asking({}, planning, (engine, given) => engine.savePlan(given)),
  apply: asking({}, { saved: "text", seen: "version", ...looking }, (engine, { at, ...given }) =>
    engine.apply(at, given),
  ),
  snapshot: asking({}, looking, (engine, { at }) => engine.snapshot(at)),
  aside: asking({}, {}, (engine) => engine.aside()),
  funnels: asking({}, {}, (engine) => engine.funnels()),
  evaluate: asking({ segment: "text" }, { ...looking, limit: "count", isApart: "flag" }, (engine, given) => {
    const { segment, ...rest } = given;
    return engine.evaluate(segment, rest);
  }),
  segments: asking({}, looking, (engine, { at }) => engine.segments(at)),
  arms: asking({ program: "text" }, looking, (engine, { program, at }) => engine.arms(program, at)),
  contact: asking({ contact: "text" }, looking, (engine, { contact, at }) => engine.contact(contact, at)),
  profile: asking({}, looking, (engine, { at }) => engine.profile(at)),
  list: asking({ list: "text" }, looking, (engine, { list, at }) => engine.list(list, at)),
  keepList: asking({ list: "text", kind: "text" }, { contacts: "texts", ...acting }, keepList),
  consent: asking({ contact: "text", topic: "text", isAgreed: "flag", by: "text" }, looking, (engine, given) =>
    engine.consent(given),
  ),
  handOffs: asking({}, { isAll: "flag" }, (engine, given) => engine.handOffs(given)),
  closeHandOff: asking({ id: "text", by: "text" }, looking, (engine, given) => engine.closeHandOff(given)),
  preview: asking({ email: "text", as: "text" }, { variant: "text", ...looking }, (engine, given) =>
    engine.preview(given),
  ),
  writeTest: asking({ email: "text", as: "text", to: "text" }, { variant: "text", ...looking }, writeTest),
};

/** Bytes cannot stand in a line of JSON: the files of a mail are told in base 64. */
async function writeTest(engine: Cadenza, given: TestMailRequest): Promise<Result<unknown>> {
  const made = await engine.writeTest(given);
  if (!made.ok) return made;
  const { message, ...mail } = made.value;
  const files = message.files.map(({ name, content }) => ({ name, content: Buffer.from(content).toString("base64") }));
  return { ok: true, value: { ...mail, message: { ...message, files } } };
}

interface GivenTest {
  readonly contact: string;
  readonly kind: string;
  readonly name: string;
  readonly root: string;
}

/** The sources lie where both processes reach them. */
async function asTest(engine: Cadenza, { contact, kind, name, root }: GivenTest): Promise<Result<unknown>> {
  if (kind !== "program" && kind !== "email") return unreadable("`kind` is program or email");
  const folder = readProject(root);
  return folder.ok ? engine.asTest({ folder: folder.value, contact, asked: { kind, name } }) : folder;
}

interface GivenList {
  readonly list: string;
  readonly kind: string;
  readonly contacts?: readonly string[];
  readonly by?: string;
  readonly at?: number;
}

async function keepList(engine: Cadenza, given: GivenList): Promise<Result<unknown>> {
  const { list, kind, contacts = [], by = "" } = given;
  const at = given.at === undefined ? {} : { at: given.at };
  const changes: Readonly<Record<string, ListChange>> = {
    add: { kind: "add", list, contacts, by, ...at },
    remove: { kind: "remove", list, contacts, ...at },
    clear: { kind: "clear", list, ...at },
  };
  const change = Object.hasOwn(changes, kind) ? changes[kind] : undefined;
  return change ? engine.keepList(change) : unreadable("`kind` is add, remove or clear");
}

/** The engine for another plan than the one it was opened with; what runs stays what runs until that is applied. */
export interface Rebound {
  readonly engine: Cadenza;
  /** Makes the tables fit that plan, which most questions need. */
  readonly adapt: () => Promise<Result<void>>;
}
export type Rebind = (plan: Plan) => Rebound;

/** What leaves the tables as they are, or sees to them itself. */
const needNoFit: ReadonlySet<string> = new Set(["foresee", "savePlan", "apply"]);

function doorOf(engine: Cadenza, rebind: Rebind, client: Client): ControlDoor {
  let asked = engine;
  const subscribe = subscribing(engine, client);
  let adapt: Rebound["adapt"] | null = null;
  return async (ask, given) => {
    if (ask === "subscribe") return subscribe();
    if (ask === "use") {
      if (!isPlan(given.plan)) return unreadable("`plan` is no plan");
      ({ engine: asked, adapt } = rebind(given.plan));
      return { ok: true, value: null };
    }
    const answer = Object.hasOwn(answers, ask) ? answers[ask] : undefined;
    if (!answer) return { ok: false, failure: unknownAsk(ask) };
    if (adapt !== null && !needNoFit.has(ask)) {
      const fitted = await adapt();
      if (!fitted.ok) return fitted;
      adapt = null;
    }
    return answer(asked, given);
  };
}

const unknownAsk = (what: string): Failure => failure("F485", { what });

const isPlan = (value: unknown): value is Plan =>
  typeof value === "object" && value !== null && "hash" in value && "catalog" in value && "programs" in value;

export function serveControl(
  engine: Cadenza,
  rebind: Rebind,
  folder: string,
  { version, pid, uid, onBug = () => undefined }: ControlRequest,
): Promise<Result<Control>> {
  const { project, hash } = engine.plan;
  return startControl({
    folder,
    hello: { cadenza: protocolVersion, version, project: project.name, pid, plan: hash },
    uid,
    door: (client) => doorOf(engine, rebind, client),
    onBug,
  });
}
