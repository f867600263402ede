// A Mailgun of our own on 127.0.0.1: takes mails, answers about logs and suppressions, posts signed webhooks, and fails
// on demand in every way that the real one or the network can.

import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  answerList,
  emptyLists,
  type Lists,
  type ListName,
  type Reply,
  type Suppression,
} from "./fake-mailgun-lists.ts";

/** What happens to one call that hands over a mail. */
export type Fault =
  | { readonly kind: "accept" }
  | {
      readonly kind: "status";
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      /** True: the mail goes out all the same. */
      readonly isAccepted?: boolean;
    }
  | { readonly kind: "reset" | "hang" | "truncate"; readonly isAccepted: boolean }
  /** 200 with a page, as a portal in a hotel gives it. */
  | { readonly kind: "page" }
  | { readonly kind: "redirect"; readonly status: 302 | 307 };

export interface Accepted {
  readonly id: string;
  /** Fields of the form; those given several times as lists. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly at: number;
}

export interface FakeMailgun {
  readonly url: string;
  readonly domain: string;
  readonly key: string;
  readonly accepted: readonly Accepted[];
  /** Every request, as `POST /v3/mg.example/messages`. */
  readonly requests: readonly string[];
  readonly lists: Lists;
  /** From now on the logs answer so; null: as they are. */
  scriptLogs(answer: { readonly status: number; readonly body: unknown } | null): void;
  /** For the next calls, in order; then mails are accepted. */
  script(...faults: readonly Fault[]): void;
  /** From now on the logs hold this event as well. */
  log(event: Readonly<Record<string, unknown>> & { readonly event: string; readonly timestamp: number }): void;
  /** How the domain is set up; absent: it may send, and nothing more is told. */
  describe(setup: FakeSetup): void;
  suppress(list: ListName, entry: Suppression): void;
  /** Posts an event as Mailgun does; the status that came back. */
  postWebhook(url: string, event: Readonly<Record<string, unknown>>): Promise<number>;
  /** A signature that Mailgun would give, for tests that build their own bodies. */
  sign(timestamp: number, token: string): { timestamp: string; token: string; signature: string };
  close(): Promise<void>;
}

export interface FakeSetup {
  readonly state: string;
  readonly records: readonly {
    readonly record_type: string;
    readonly name: string;
    readonly value: string;
    readonly valid: string;
  }[];
  /** Addresses by the kind of event. */
  readonly webhooks: Readonly<Record<string, readonly string[]>>;
}

export interface FakeOptions {
  readonly key?: string;
  readonly domain?: string;
  readonly signingKey?: string;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** How long a mail stays out of the logs. */
  readonly logLagMs?: number;
  /** What happens to calls for which nothing is scripted; absent: they are accepted. */
  readonly fault?: () => Fault;
}

interface State {
  readonly key: string;
  readonly domain: string;
  readonly now: () => number;
  readonly logLagMs: number;
  readonly accepted: Accepted[];
  /** The same by their ids, without brackets. */
  readonly byId: Map<string, Accepted[]>;
  readonly requests: string[];
  readonly faults: Fault[];
  readonly fault: () => Fault;
  readonly lists: Lists;
  readonly logged: Parameters<FakeMailgun["log"]>[0][];
  url: string;
  logAnswer: Reply | null;
  setup: FakeSetup;
}

const fixedNow = Date.UTC(2026, 2, 2, 9);

export async function startFakeMailgun(options: FakeOptions = {}): Promise<FakeMailgun> {
  const { key = "key-of-a-test", domain = "mg.example", signingKey = "signing-key-of-a-test" } = options;
  const { now = () => fixedNow, logLagMs = 0, fault = () => ({ kind: "accept" }) } = options;
  const lists = emptyLists();
  const state: State = {
    key,
    domain,
    now,
    logLagMs,
    accepted: [],
    byId: new Map(),
    requests: [],
    faults: [],
    fault,
    lists,
    logged: [],
    url: "",
    logAnswer: null,
    setup: { state: "active", records: [], webhooks: {} },
  };
  const server = createServer((request, response) => void answer(state, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sign: FakeMailgun["sign"] = (timestamp, token) => {
    const signed = createHmac("sha256", signingKey).update(`${timestamp}${token}`).digest("hex");
    return { timestamp: String(timestamp), token, signature: signed };
  };
  let posted = 0;
  return {
    url: state.url,
    domain,
    key,
    accepted: state.accepted,
    requests: state.requests,
    lists,
    scriptLogs: (answer) => {
      state.logAnswer = answer;
    },
    script: (...faults) => void state.faults.push(...faults),
    log: (event) => void state.logged.push(event),
    describe: (setup) => {
      state.setup = setup;
    },
    suppress: (list, entry) => void lists.get(list)?.set(entry.address.toLowerCase(), entry),
    sign,
    async postWebhook(url, event) {
      posted += 1;
      const token = createHash("sha256").update(`token ${posted}`).digest("hex").slice(0, 50);
      const body = JSON.stringify({ signature: sign(Math.floor(now() / 1000), token), "event-data": event });
      const headers = { "content-type": "application/json" };
      return (await fetch(url, { method: "POST", headers, body })).status;
    },
    close: () => stop(server),
  };
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "GET" } = request;
  const { pathname, searchParams: query } = new URL(request.url ?? "/", state.url);
  state.requests.push(`${method} ${pathname}`);
  const bytes = await read(request);
  const [, version, domain, ...path] = pathname.split("/").map(decodeURIComponent);
  const expected = `Basic ${Buffer.from(`api:${state.key}`).toString("base64")}`;
  if (request.headers.authorization !== expected) reply(response, { status: 401, body: "Forbidden" });
  else if (method === "POST" && pathname === "/v1/analytics/logs") {
    reply(response, state.logAnswer ?? { status: 200, body: logs(state, JSON.parse(bytes.toString())) });
  } else if (domain === "domains") reply(response, setupReply(state, method, path, version));
  else if (version !== "v3") reply(response, notFound);
  else if (domain !== state.domain) reply(response, { status: 404, body: { message: `Domain not found: ${domain}` } });
  else if (path[0] === "messages") takeMessage(state, { fields: await formOf(request, bytes), request, response });
  else {
    const body = await bodyOf(request, bytes);
    const createdAt = new Date(state.now()).toUTCString();
    const asked = { method, domain, path, body, query, createdAt, url: state.url + pathname };
    reply(response, answerList(state.lists, asked) ?? notFound);
  }
}

/** Domains live in version 4 of the interface, webhooks of a domain in version 3. */
function setupReply({ domain, setup }: State, method: string, path: readonly string[], version = ""): Reply {
  const [name, part] = path;
  if (method !== "GET") return notFound;
  if (name !== domain) return { status: 404, body: { message: "Domain not found" } };
  if (version === "v4" && part === undefined) {
    const { state, records } = setup;
    const told = { name, state, is_disabled: state === "disabled" };
    return { status: 200, body: { domain: told, receiving_dns_records: [], sending_dns_records: records } };
  }
  const webhooks = Object.fromEntries(Object.entries(setup.webhooks).map(([kind, urls]) => [kind, { urls }]));
  return version === "v3" && part === "webhooks" ? { status: 200, body: { webhooks } } : notFound;
}

const notFound: Reply = { status: 404, body: { message: "Not Found" } };

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function formOf(request: IncomingMessage, bytes: Buffer): Promise<Accepted["fields"]> {
  const headers = { "content-type": request.headers["content-type"] ?? "" };
  if (!headers["content-type"].startsWith("multipart/")) return {};
  const form = await new Response(new Uint8Array(bytes), { headers }).formData();
  const fields: Record<string, string[]> = {};
  for (const [name, value] of form) {
    const text = typeof value === "string" ? value : await fileText(value);
    fields[name] = [...(fields[name] ?? []), text];
  }
  return fields;
}

/** A file as one text: what it is called, and what it holds. */
async function fileText(file: File): Promise<string> {
  return `${file.name} ${Buffer.from(await file.arrayBuffer()).toString("base64")}`;
}

async function bodyOf(request: IncomingMessage, bytes: Buffer): Promise<unknown> {
  if (bytes.length === 0) return null;
  if (!request.headers["content-type"]?.startsWith("multipart/")) return JSON.parse(bytes.toString());
  const fields = await formOf(request, bytes);
  return Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, values[0]]));
}

function reply(
  response: ServerResponse,
  { status, body }: Reply,
  headers: Readonly<Record<string, string>> = {},
): void {
  const isText = typeof body === "string";
  response.writeHead(status, { "content-type": isText ? "text/html" : "application/json", ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

interface Call {
  readonly fields: Accepted["fields"];
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

function faultOfMail(fields: Accepted["fields"]): string | null {
  const to = fields.to ?? [];
  if (to.length === 0 || to.some((address) => !/^[^\s@]+@[^\s@]+$/.test(address))) {
    return "to parameter is not a valid address. please check documentation";
  }
  if (!fields.from?.[0]) return "from parameter is missing";
  return fields.text || fields.html ? null : "Need at least one of 'text', 'html', 'amp-html' or 'template'";
}

function takeMessage(state: State, call: Call): void {
  const { fields, request, response } = call;
  const fault = state.faults.shift() ?? state.fault();
  switch (fault.kind) {
    case "accept": {
      const wrong = faultOfMail(fields);
      reply(response, wrong === null ? accept(state, fields) : { status: 400, body: { message: wrong } });
      break;
    }
    case "status":
      if (fault.isAccepted) accept(state, fields);
      reply(response, { status: fault.status, body: fault.body ?? { message: "…" } }, fault.headers);
      break;
    case "reset":
      if (fault.isAccepted) accept(state, fields);
      request.socket.resetAndDestroy();
      break;
    case "hang":
      if (fault.isAccepted) accept(state, fields);
      break;
    case "truncate":
      truncate(response, fault.isAccepted ? accept(state, fields) : { status: 200, body: { message: "Queued" } });
      break;
    case "page":
      reply(response, { status: 200, body: "<html><body>Welcome to the hotel</body></html>" });
      break;
    case "redirect":
      state.faults.unshift(fault);
      reply(response, { status: fault.status, body: "" }, { location: request.url ?? "/" });
  }
}

/** Takes the mail's own Message-Id where it is well formed, as Mailgun does. */
function accept(state: State, fields: Accepted["fields"]): Reply {
  const own = fields["h:Message-Id"]?.[0] ?? "";
  const id = /^<[^<>@\s]+@[^<>@\s]+>$/.test(own) ? own : `<${state.accepted.length + 1}.made@${state.domain}>`;
  const mail = { id, fields, at: state.now() };
  state.accepted.push(mail);
  state.byId.set(bare(id), [...(state.byId.get(bare(id)) ?? []), mail]);
  return { status: 200, body: { id, message: "Queued. Thank you." } };
}

/** Promises the whole answer, gives half, and hangs up. */
function truncate(response: ServerResponse, { status, body }: Reply): void {
  const whole = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": String(whole.length) });
  response.write(whole.slice(0, whole.length / 2), () => response.destroy());
}

interface LogQuery {
  readonly events?: readonly string[];
  readonly pagination?: { readonly token?: string; readonly limit?: number };
  readonly start?: string;
  readonly end?: string;
  readonly filter?: {
    readonly AND: readonly { readonly attribute: string; readonly values: readonly { readonly value: string }[] }[];
  };
}

/** Accepted mails that have become visible, those that all conditions of the filter hold for. */
function logs(state: State, query: LogQuery): unknown {
  const wanted = query.filter?.AND.find(({ attribute }) => attribute === "message-id");
  const candidates = wanted ? wanted.values.flatMap(({ value }) => state.byId.get(value) ?? []) : state.accepted;
  const visible = candidates.filter(({ at }) => at + state.logLagMs <= state.now());
  const accepted = visible
    .map((mail) => ({ mail, attributes: attributesOf(state, mail) }))
    .filter(({ attributes }) =>
      (query.filter?.AND ?? []).every(({ attribute, values }) =>
        values.some(({ value }) => attributes[attribute]?.includes(value)),
      ),
    )
    .map(({ mail }) => itemOf(state, mail));
  const asked = (event: string) => !query.events || query.events.includes(event);
  const since = Date.parse(query.start ?? "") / 1000;
  // Asked for the mails of one id, they hold none of the events that tests put in.
  const logged = wanted ? [] : state.logged.filter(({ event, timestamp }) => asked(event) && !(timestamp < since));
  const items = [...(asked("accepted") ? accepted : []), ...logged.map(loggedItem)];
  const from = Number(query.pagination?.token ?? 0);
  const until = from + (query.pagination?.limit ?? 100);
  const pagination = { next: until < items.length ? String(until) : "", total: items.length };
  return { start: query.start, end: query.end, items: items.slice(from, until), pagination, aggregates: {} };
}

/** The logs word an event as webhooks do, but for the time and the variables. */
function loggedItem({ timestamp, ...event }: Parameters<FakeMailgun["log"]>[0]): unknown {
  const at = { "@timestamp": new Date(timestamp * 1000).toISOString() };
  return { ...event, ...at, "user-variables": JSON.stringify(event["user-variables"] ?? {}) };
}

const bare = (id: string) => id.replace(/^<(.*)>$/, "$1");

function attributesOf(state: State, { id, fields }: Accepted): Readonly<Record<string, readonly string[]>> {
  return { domain: [state.domain], "message-id": [bare(id)], recipient: fields.to ?? [], event: ["accepted"] };
}

function itemOf(state: State, { id, fields, at }: Accepted): unknown {
  const variables = Object.entries(fields).filter(([name]) => name.startsWith("v:"));
  return {
    event: "accepted",
    "@timestamp": new Date(at).toISOString(),
    id: createHash("sha256").update(id).digest("hex").slice(0, 22),
    account: { id: "account-of-a-test" },
    domain: { name: state.domain },
    recipient: fields.to?.[0] ?? "",
    tags: fields["o:tag"] ?? [],
    flags: { "is-test-mode": fields["o:testmode"]?.[0] === "yes" },
    "user-variables": Object.fromEntries(variables.map(([name, values]) => [name.slice(2), values[0]])),
    message: { headers: { "message-id": bare(id), subject: fields.subject?.[0] ?? "" } },
  };
}
