// A running engine of another process, behind the same interface as one that was opened here.

import type { Plan } from "../compiler/ir/plan.ts";
import type { Cadenza, LoadReport } from "./cadenza.ts";
import type { TestMail } from "./previewed.ts";
import { failure } from "./failures/failures.ts";
import type { Mailer, Result } from "./ports.ts";
import { connectControl, type ControlClient } from "./serve/control-client.ts";

export interface ConnectRequest {
  /** What is asked is asked of this plan: people ask for what stands in the files now. */
  readonly plan: Plan;
  /** Of the project's state, as for `open`. */
  readonly folder: string;
  /** User of this process; null where the system has none. */
  readonly uid: number | null;
  /** Of this program. */
  readonly version: string;
  /** Sends mails to look at; absent: this process sends none. */
  readonly mailer?: Mailer;
}

/**
 * The engine that runs on a folder of state, asked over its control socket; null where none runs. What needs the database
 * itself (`tick`, `run`, `serve`) fails with F485.
 * @returns F480, F482 where the socket is another user's, F483 where the engine is of another version, F484 where no engine answers
 */
export async function connect({ plan, folder, uid, version, mailer }: ConnectRequest): Promise<Result<Cadenza | null>> {
  const connected = await connectControl(folder, { uid, version });
  if (!connected.ok) return connected;
  if (connected.value === null) return { ok: true, value: null };
  const client = connected.value;
  if (client.hello.plan !== plan.hash) {
    const used = await client.ask("use", { plan });
    if (!used.ok) {
      client.close();
      return used;
    }
  }
  return { ok: true, value: remote(client, plan, mailer ?? null) };
}

function remote(client: ControlClient, plan: Plan, mailer: Mailer | null): Cadenza {
  // Both sides speak one version of the protocol, so what comes back is what the other side's method gives.
  const ask = async <T>(what: string, given: object = {}): Promise<Result<T>> =>
    (await client.ask(what, { ...given })) as Result<T>;
  const known: Partial<Cadenza> = {
    plan,
    load: async ({ onLoaded, ...request } = {}) => {
      const loaded = await ask<readonly LoadReport[]>("load", request);
      if (loaded.ok) for (const report of loaded.value) onLoaded?.(report);
      return loaded;
    },
    evaluate: (segment, request = {}) => ask("evaluate", { segment, ...request }),
    backup: (request) => ask("backup", request),
    segments: (at) => ask("segments", { at }),
    arms: (program, at) => ask("arms", { program, at }),
    contact: (contact, at) => ask("contact", { contact, at }),
    profile: (at) => ask("profile", { at }),
    keepList: (change) => ask("keepList", change),
    list: (list, at) => ask("list", { list, at }),
    consent: (request) => ask("consent", request),
    handOffs: (request = {}) => ask("handOffs", request),
    closeHandOff: (request) => ask("closeHandOff", request),
    why: (contact, segment, at) => ask("why", { contact, segment, at }),
    whyProgram: (contact, program, at) => ask("whyProgram", { contact, program, at }),
    whyEmail: (contact, email, at) => ask("whyEmail", { contact, email, at }),
    forget: (request) => ask("forget", request),
    export: (contact) => ask("export", { contact }),
    reports: (report, at) => ask("reports", { report, at }),
    foresee: (request = {}) => ask("foresee", request),
    savePlan: (request = {}) => ask("savePlan", request),
    apply: (at, request = {}) => ask("apply", { at, ...request }),
    preview: (request) => ask("preview", request),
    writeTest: async (request) => withBytes(await ask("writeTest", request)),
    sendTest: async (request) => {
      const { handOver } = await import("./previews.ts");
      if (mailer === null) {
        return { ok: false, failure: failure("F415", { address: request.to, reason: "no mailer is chosen" }) };
      }
      return handOver(mailer, withBytes(await ask("writeTest", request)));
    },
    asTest: ({ folder, contact, asked: { kind, name } }) => ask("asTest", { contact, kind, name, root: folder.root }),
    pause: (program, request = {}) => ask("pause", { program, ...request }),
    resume: (program, request = {}) => ask("resume", { program, ...request }),
    retry: (request = {}) => ask("retry", request),
    enroll: (request) => ask("enroll", request),
    eject: (request) => ask("eject", request),
    actions: () => ask("actions"),
    snapshot: (at) => ask("snapshot", { at }),
    aside: () => ask("aside"),
    funnels: () => ask("funnels"),
    close: async () => client.close(),
  };
  return new Proxy(known, {
    get: (own, name) => Reflect.get(own, name) ?? unanswered(name),
  }) as Cadenza;
}

/** The files of a mail as they were before they went through a line of JSON. */
function withBytes(told: Result<TestMail>): Result<TestMail> {
  if (!told.ok) return told;
  const { message } = told.value;
  const files = message.files.map(({ name, content }) => ({ name, content: Buffer.from(String(content), "base64") }));
  return { ok: true, value: { ...told.value, message: { ...message, files } } };
}

/** Nothing that is awaited has a method `then`. */
const unanswered = (name: string | symbol) =>
  name === "then" || typeof name === "symbol"
    ? undefined
    : async (): Promise<Result<never>> => ({ ok: false, failure: failure("F485", { what: commandOf(name) }) });

/** As people call it: `send-test`. */
const commandOf = (method: string): string => method.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
