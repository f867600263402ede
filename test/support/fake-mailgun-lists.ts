// The suppression lists of the fake Mailgun: bounces, unsubscribes and complaints of one domain.

export type ListName = "bounces" | "unsubscribes" | "complaints";
export type Suppression = Readonly<Record<string, unknown>> & { readonly address: string };
export type Lists = ReadonlyMap<ListName, Map<string, Suppression>>;

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export function emptyLists(): Lists {
  return new Map<ListName, Map<string, Suppression>>([
    ["bounces", new Map()],
    ["unsubscribes", new Map()],
    ["complaints", new Map()],
  ]);
}

const isListName = (text: string): text is ListName => /^(bounces|unsubscribes|complaints)$/.test(text);

export interface ListRequest {
  readonly method: string;
  readonly domain: string;
  /** Behind `/v3/{domain}/`: the list, and the address where one is named. */
  readonly path: readonly string[];
  readonly body: unknown;
  readonly query: URLSearchParams;
  readonly createdAt: string;
  readonly url: string;
}

/** null where the path is not one of a list. */
export function answerList(lists: Lists, request: ListRequest): Reply | null {
  const [name = "", address] = request.path;
  const list = isListName(name) ? lists.get(name) : undefined;
  if (!list) return null;
  const key = address?.toLowerCase();
  switch (request.method) {
    case "GET":
      return key === undefined ? pageOf(list, request) : oneOf(list, key);
    case "POST":
      return add(list, request);
    case "DELETE":
      return remove(list, key);
    default:
      return { status: 405, body: { message: "Method not allowed" } };
  }
}

/** By address. There is a next page behind the last one, too, which is empty. */
function pageOf(list: Map<string, Suppression>, { query, url }: ListRequest): Reply {
  const limit = Math.min(Number(query.get("limit") ?? 100), 1000);
  const after = query.get("page") === "next" ? (query.get("address") ?? "") : "";
  const entries = [...list].sort(([one], [other]) => (one < other ? -1 : 1)).filter(([address]) => address > after);
  const page = entries.slice(0, limit);
  const link = (name: string, address: string) =>
    `${url}?page=${name}&address=${encodeURIComponent(address)}&limit=${limit}`;
  const [first = "", last = after] = [page[0]?.[0], page.at(-1)?.[0]];
  const paging = {
    first: link("first", ""),
    next: link("next", last),
    previous: link("previous", first),
    last: link("last", ""),
  };
  return { status: 200, body: { items: page.map(([, entry]) => entry), paging } };
}

function oneOf(list: Map<string, Suppression>, key: string): Reply {
  const found = list.get(key);
  return found
    ? { status: 200, body: found }
    : { status: 404, body: { message: "Address not found in the suppression list" } };
}

function add(list: Map<string, Suppression>, { body, createdAt }: ListRequest): Reply {
  const given: readonly unknown[] = Array.isArray(body) ? body : [body];
  for (const one of given) {
    if (typeof one !== "object" || one === null || !("address" in one) || typeof one.address !== "string") {
      return { status: 400, body: { message: "address is required" } };
    }
    list.set(one.address.toLowerCase(), { created_at: createdAt, ...one, address: one.address });
  }
  return { status: 200, body: { message: `${given.length} addresses have been added to the suppression list` } };
}

function remove(list: Map<string, Suppression>, key: string | undefined): Reply {
  if (key === undefined) {
    list.clear();
    return { status: 200, body: { message: "Suppression list has been cleared" } };
  }
  const wasThere = list.delete(key);
  return wasThere
    ? { status: 200, body: { message: "Address has been removed", address: key } }
    : { status: 404, body: { message: "Address not found in the suppression list" } };
}
