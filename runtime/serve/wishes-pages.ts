// The pages on which people say what they want to get: one to unsubscribe, one to choose. To look changes nothing.

import type { Wishes } from "../engine/wishes.ts";
import { html, type Markup } from "../markup.ts";
import { type Answer, faultPage, pageAnswer, wrongMethod } from "./page.ts";
import type { Asked, Room } from "./server.ts";

/** Whom a link is about. */
export interface Holder {
  /** In small letters, without outer space. */
  readonly address: string;
  /** null: all mail. */
  readonly topic: string | null;
  /** Id of the mail that the link stands in; null where that is not known. */
  readonly mail: string | null;
}

export interface WishesDoor {
  /** null for a token that was not made here. */
  holder(token: string): Holder | null;
  wishes(holder: Holder): Promise<Wishes>;
  /** Both are committed when they resolve, and say what holds then. `topic` null: all mail. */
  refuse(holder: Holder, topic: string | null): Promise<Wishes>;
  choose(holder: Holder, topics: ReadonlySet<string>): Promise<Wishes>;
  /** Who writes the mails, in words for people. */
  readonly sender: string;
}

const paths = /^\/(unsubscribe|preferences)\/([\w-]{1,1024})\/?$/;

export function wishesRoom(door: WishesDoor): Room {
  return (asked) => {
    const [, page, token = ""] = paths.exec(asked.path) ?? [];
    if (page === undefined) return null;
    const holder = door.holder(token);
    if (holder === null) return Promise.resolve(faultPage("unknown"));
    const visit = { door, holder, token, asked };
    return page === "unsubscribe" ? unsubscribe(visit) : preferences(visit);
  };
}

interface Visit {
  readonly door: WishesDoor;
  readonly holder: Holder;
  readonly token: string;
  readonly asked: Asked;
}

const isLooking = ({ method }: Asked) => method === "GET" || method === "HEAD";

/** Any other form, as mail programs send it for one click, has no fields that matter. */
function formOf({ contentType, body }: Asked): URLSearchParams {
  return new URLSearchParams(/^application\/x-www-form-urlencoded\b/i.test(contentType) ? body.toString() : "");
}

async function unsubscribe({ door, holder, token, asked }: Visit): Promise<Answer> {
  const { address, topic } = holder;
  const place = { token, sender: door.sender, address };
  if (isLooking(asked)) {
    const wishes = await door.wishes(holder);
    return pageAnswer(isRefused(wishes, topic) ? donePage(place, wishes, topic) : askPage(place, wishes, topic));
  }
  if (asked.method !== "POST") return wrongMethod("GET, HEAD, POST");
  const refused = formOf(asked).has("all") ? null : topic;
  return pageAnswer(donePage(place, await door.refuse(holder, refused), refused));
}

async function preferences({ door, holder, token, asked }: Visit): Promise<Answer> {
  const { address } = holder;
  const place = { token, sender: door.sender, address };
  if (isLooking(asked)) return pageAnswer(choicePage(place, await door.wishes(holder), false));
  if (asked.method !== "POST") return wrongMethod("GET, HEAD, POST");
  const form = formOf(asked);
  // A form without its own mark was not made by this page: nothing may be read into what it leaves out.
  if (!form.has("choice")) return faultPage("unreadable");
  const chosen = new Set(form.getAll("topic"));
  return pageAnswer(choicePage(place, await door.choose(holder, chosen), true));
}

interface Place {
  readonly token: string;
  readonly sender: string;
  readonly address: string;
}

/** Enough to know one's own address by, and nobody else's. */
function masked(address: string): string {
  const at = address.lastIndexOf("@");
  return `${[...address.slice(0, Math.max(at, 0))][0] ?? ""}•••${at < 0 ? "" : address.slice(at)}`;
}

const titleOf = ({ topics }: Wishes, topic: string | null) =>
  topics.find(({ name }) => name.toLowerCase() === topic?.toLowerCase())?.title ?? null;

function isRefused({ isAllRefused, topics }: Wishes, topic: string | null): boolean {
  if (isAllRefused) return true;
  return topics.some(({ name, isWanted }) => name.toLowerCase() === topic?.toLowerCase() && !isWanted);
}

const choiceLink = ({ token }: Place, words: string): Markup =>
  html`<p><a href="../preferences/${token}">${words}</a></p>`;

function askPage(place: Place, wishes: Wishes, topic: string | null) {
  const title = titleOf(wishes, topic);
  const all = html`<form method="post"><input type="hidden" name="all" value="yes"><button class="other">Stop all mail from ${place.sender}</button></form>`;
  const one = html`<form method="post"><input type="hidden" name="one" value="yes"><button>Unsubscribe</button></form>`;
  const content =
    title === null
      ? html`<p>${masked(place.address)} gets mail from ${place.sender}.</p>
<form method="post"><input type="hidden" name="all" value="yes"><button>Stop all mail from ${place.sender}</button></form>
${choiceLink(place, "Choose what you get")}`
      : html`<p>${masked(place.address)} gets “${title}” from ${place.sender}.</p>
${one}
${all}
${choiceLink(place, "Choose what you get")}`;
  return { title: "Do you want to unsubscribe?", content };
}

function donePage(place: Place, wishes: Wishes, topic: string | null) {
  const title = wishes.isAllRefused ? null : titleOf(wishes, topic);
  const what = title === null ? html`no more mail` : html`no more “${title}”`;
  const content = html`<p role="status">${masked(place.address)} gets ${what} from ${place.sender}.</p>
${choiceLink(place, "Was that a mistake? Choose what you get")}
<p class="quiet">You may close this page.</p>`;
  return { title: "You are unsubscribed", content };
}

function choicePage(place: Place, wishes: Wishes, isSaved: boolean) {
  const boxes = wishes.topics.map(
    ({ name, title, isWanted }) =>
      html`<label><input type="checkbox" name="topic" value="${name}"${isWanted ? html` checked` : null}> <span>${title}</span></label>
`,
  );
  const form = html`<form method="post"><input type="hidden" name="choice" value="yes">
<fieldset><legend>${place.sender} may write to ${masked(place.address)} about</legend>
${boxes}</fieldset>
<p><button>Save</button></p></form>`;
  const content = html`${isSaved ? html`<p role="status">Saved.</p>` : null}
${wishes.topics.length > 0 ? form : null}
<form method="post" action="../unsubscribe/${place.token}"><input type="hidden" name="all" value="yes"><button class="other">Stop all mail from ${place.sender}</button></form>`;
  return { title: "What do you want to get?", content };
}
