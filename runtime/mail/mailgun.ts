// The mailer that hands mails to Mailgun: one receiver per call, with a Message-Id of our own.

import type { Instant, MailLike, Mailer, Message, Result, SendOutcome } from "../ports.ts";
import { isHeaderSafe, messageIdOf } from "./headers.ts";
import { accountOf, type Client, type MailgunSettings } from "./mailgun-account.ts";
import { instantOf, labelOf } from "./mailgun-feedback.ts";
import { mailgunRecords } from "./mailgun-records.ts";
import { type Answer, outcomeOf } from "./outcome.ts";

// What Mailgun takes of options, headers and variables together.
const mostOptionBytes = 16 * 1024;
const minuteMs = 60_000;
const standardFinding = { afterMs: 30 * minuteMs, untilMs: 20 * 60 * minuteMs };
const mostTags = 3;
const longestTag = 128;

type Fields = Readonly<Record<string, string | readonly string[]>>;
type Files = readonly { readonly filename: string; readonly data: Buffer }[];
type Post = (fields: Fields, files: Files) => Promise<unknown>;

/** F301 where key or domain is missing, F306 where the address is none that a key may be sent to. */
export async function openMailgun(settings: MailgunSettings): Promise<Result<Mailer>> {
  const { tracking = { opens: true, clicks: true }, finding = standardFinding } = settings;
  const account = await accountOf(settings);
  if (!account.ok) return account;
  const { client, domain, redact } = account.value;
  const post: Post = (fields, files) => {
    const data = files.length === 0 ? fields : { ...fields, attachment: files };
    return client.messages.create(domain, data as Parameters<typeof client.messages.create>[1]);
  };
  return {
    ok: true,
    value: {
      name: "mailgun",
      delivers: false,
      send: async (message) => redact(await send(message, { domain, tracking, post })),
      find: async (sendId, around) => find(client, { id: `${sendId}@${domain}`, domain, around }),
      findLike: (mail) => findLike(client, domain, mail),
      finding,
      records: mailgunRecords(client, domain, (error) => {
        const outcome = redact(outcomeOf({ kind: "thrown", error }));
        return outcome.kind === "sent" ? "" : outcome.reason;
      }),
    },
  };
}

interface Sought {
  /** The mail's Message-Id, without brackets. */
  readonly id: string;
  readonly domain: string;
  readonly around: Instant;
}

const only = (attribute: string, value: string) => {
  return { attribute, comparator: "=", values: [{ label: value, value }] };
};

/** Throws where the logs cannot be read, or do not answer what was asked. */
async function find({ logs }: Pick<Client, "logs">, { id, domain, around }: Sought) {
  const { items } = await logs.list({
    start: new Date(around - 60 * minuteMs),
    filter: { AND: [only("domain", domain), only("message-id", id)] },
  });
  if (!Array.isArray(items)) throw new Error("the answer is no list of logs");
  if (items.length === 0) return "absent";
  if (items.some(({ message }) => message?.headers?.["message-id"] === id)) return "sent";
  throw new Error("the logs were not filtered by the mail");
}

/** So many mails nobody gets in a day. */
const mostLogs = 300;

/** Throws as `find` does. */
async function findLike({ logs }: Pick<Client, "logs">, domain: string, mail: MailLike): Promise<"sent" | "absent"> {
  const { items } = await logs.list({
    start: new Date(mail.since),
    events: ["accepted"],
    filter: { AND: [only("domain", domain), only("recipient", mail.address)] },
    pagination: { limit: mostLogs, sort: "timestamp:asc" },
  });
  if (!Array.isArray(items)) throw new Error("the answer is no list of logs");
  const isLike = (item: unknown) =>
    labelOf(item, "program") === mail.program && labelOf(item, "email") === mail.email && instantOf(item) >= mail.since;
  const own = items.filter(({ recipient }) => String(recipient).toLowerCase() === mail.address.trim().toLowerCase());
  if (own.length < items.length) throw new Error("the logs were not filtered by the address");
  return own.some(isLike) ? "sent" : "absent";
}

async function send(message: Message, { post, ...sending }: Sending & { readonly post: Post }): Promise<SendOutcome> {
  const fields = fieldsOf(message, sending);
  const fault = faultOf(fields);
  if (fault !== null) return { kind: "refused", reason: fault };
  const files = message.files.map(({ name, content }) => ({ filename: name, data: Buffer.from(content) }));
  let answer: Answer;
  try {
    answer = { kind: "returned", value: await post(fields, files) };
  } catch (error) {
    answer = { kind: "thrown", error };
  }
  return outcomeOf(answer);
}

interface Sending {
  readonly domain: string;
  readonly tracking: NonNullable<MailgunSettings["tracking"]>;
}

function fieldsOf(message: Message, { domain, tracking: { opens, clicks } }: Sending): Fields {
  const headers = message.headers.map(({ name, value }) => [`h:${name}`, value]);
  const variables = message.labels.map(({ name, value }) => [`v:${name}`, value]);
  return {
    from: message.from,
    to: [message.to],
    subject: message.subject,
    html: message.html,
    // The client drops an empty field without a word; a mail may do without its text, not without the others.
    ...(message.text === "" ? {} : { text: message.text }),
    ...(message.replyTo === null ? {} : { "h:Reply-To": message.replyTo }),
    ...Object.fromEntries(headers),
    "h:Message-Id": messageIdOf(message.sendId, domain),
    "v:key": message.sendId,
    ...Object.fromEntries(variables),
    "o:tag": message.labels.map(({ value }) => value).slice(0, mostTags),
    "o:tracking": opens || clicks ? "yes" : "no",
    // Links of the text part would show as addresses of Mailgun.
    "o:tracking-clicks": clicks ? "htmlonly" : "no",
    "o:tracking-opens": opens ? "yes" : "no",
  };
}

const valuesOf = (value: string | readonly string[]): readonly string[] =>
  typeof value === "string" ? [value] : value;

/** What Mailgun or its client would refuse, cut, or silently leave out; null where all is well. */
function faultOf(fields: Fields): string | null {
  const entries = Object.entries(fields).flatMap(([name, value]) => valuesOf(value).map((one) => [name, one] as const));
  const empty = entries.find(([, value]) => value === "");
  if (empty) return `the ${empty[0]} is empty`;
  const isBroken = (name: string, value: string) => !isHeaderSafe(name) || (!isBody(name) && !isHeaderSafe(value));
  const broken = entries.find(([name, value]) => isBroken(name, value));
  if (broken) return `the ${broken[0].split(/[\r\n]/, 1)[0]} holds a line break or another control character`;
  const longTag = entries.find(([name, value]) => name === "o:tag" && !isTag(value));
  if (longTag) return `\`${longTag[1]}\` cannot be a tag: a tag has up to ${longestTag} plain characters`;
  const bytes = entries
    .filter(([name]) => /^[ohvt]:/.test(name))
    .reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  return bytes > mostOptionBytes ? `headers and options take ${bytes} bytes; Mailgun takes ${mostOptionBytes}` : null;
}

const isBody = (name: string) => name === "html" || name === "text";
const isTag = (text: string) => text.length <= longestTag && /^[ -~]+$/.test(text);
