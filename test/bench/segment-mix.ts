// A hundred segments of every shape, each with the best SQL that we can write for it by hand.

export interface Mixed {
  readonly name: string;
  readonly where: string;
  /** Each instant is written out, as one would by hand. */
  readonly byHand: string;
}

export const now = Date.parse("2026-03-02T09:00:00Z");

export const project = `
project bench < language 1 time zone "UTC" currency EUR sender "A <a@a.example>" postal address "A, B 1" >
contact < id text key  email email  role one of (decision_maker, influencer, user)?  seats number?
  tier one of (free, team, enterprise)?  country country?  renewal date?  created datetime >
topic newsletter "Newsletter" opt in
event purchased < amount money  product text? >
`;

const instant = (ms: number) => `TIMESTAMP '${new Date(ms).toISOString().slice(0, 19).replace("T", " ")}'`;
const day = (ms: number) => `DATE '${new Date(ms).toISOString().slice(0, 10)}'`;
const ago = (days: number) => instant(now - days * 86_400_000);
const at = instant(now);

type Event = "received" | "opened" | "clicked" | "visited" | "purchased";
const hasMachines = (event: Event) => event === "opened" || event === "clicked";
const isMail = (event: Event) => event === "received" || hasMachines(event);

/** Events of the last days, or all up to now. */
function events(event: Event, days: number | null, where = ""): string {
  const window = days === null ? `e.occurred_at <= ${at}` : `e.occurred_at BETWEEN ${ago(days)} AND ${at}`;
  const machines = hasMachines(event) ? " AND e.machine IS NOT TRUE" : "";
  return `FROM event_${event} AS e WHERE ${window}${machines}${where === "" ? "" : ` AND ${where}`}`;
}
const some = (event: Event, days: number | null, where = "") => `SELECT e.contact_id ${events(event, days, where)}`;
const once = (event: Event, days: number | null, where = "") =>
  some(event, days, where).replace("SELECT", "SELECT DISTINCT");
const counted = (event: Event) => (isMail(event) ? "count(DISTINCT e.message)" : "count(*)");
const having = (event: Event, days: number | null, test: string, where = "") =>
  `${some(event, days, where)} GROUP BY e.contact_id HAVING ${counted(event)} ${test}`;
const window = (days: number | null) => (days === null ? "" : ` in ${days}d`);

/** Contacts that pass, with others' keys that must be there or must not. */
function contacts(filter: string, wanted: readonly string[] = [], absent: readonly string[] = []): string {
  const joins = [
    ...wanted.map((keys, index) => `SEMI JOIN (${keys}) AS w${index} ON w${index}.contact_id = c.contact_id`),
    ...absent.map((keys, index) => `ANTI JOIN (${keys}) AS a${index} ON a${index}.contact_id = c.contact_id`),
  ];
  return `SELECT c.contact_id FROM contact AS c ${joins.join(" ")} ${filter === "" ? "" : `WHERE ${filter}`}`;
}

const fields: readonly (readonly [string, string])[] = [
  ["role = decision_maker", "c.role = 'decision_maker'"],
  ["seats >= 200", "c.seats >= 200"],
  ["country = DE and not role = user", "c.country = 'DE' AND c.role IS DISTINCT FROM 'user'"],
  ["renewal in next month", "c.renewal >= DATE '2026-04-01' AND c.renewal < DATE '2026-05-01'"],
  ["renewal between today and 30d from now", `c.renewal BETWEEN ${day(now)} AND ${day(now + 30 * 86_400_000)}`],
  [
    "tier is known and (seats >= 400 or country in (FR, GB))",
    "c.tier IS NOT NULL AND (c.seats >= 400 OR c.country IN ('FR', 'GB'))",
  ],
  ["created after 90d ago", `c.created > ${ago(90)}`],
];

const windows: readonly (readonly [Event, number | null])[] = [
  ["opened", 30],
  ["opened", 90],
  ["opened", 180],
  ["opened", 365],
  ["opened", null],
  ["clicked", 90],
  ["clicked", null],
  ["visited", 30],
  ["visited", 180],
  ["purchased", 30],
  ["purchased", 365],
  ["purchased", null],
];

const counts: readonly (readonly [Event, number | null, string, string])[] = [
  ["visited", 14, "at least 2 times", ">= 2"],
  ["visited", null, "more than 4 times", "> 4"],
  ["purchased", null, "exactly 1 time", "= 1"],
  ["purchased", null, "at least 3 times", ">= 3"],
  ["purchased", 365, "at least 2 times", ">= 2"],
  ["opened", 365, "more than 3 times", "> 3"],
  ["opened", null, "at least 5 times", ">= 5"],
  ["received", 180, "at least 3 times", ">= 3"],
  ["clicked", null, "at least 2 times", ">= 2"],
];

const properties: readonly (readonly [Event, number | null, string, string])[] = [
  ["purchased", null, 'product = "Pro"', "lower(trim(e.product)) = 'pro'"],
  ["purchased", 365, 'product = "Pro" and amount >= 200', "lower(trim(e.product)) = 'pro' AND e.amount >= 200"],
  ["purchased", 90, "amount >= 400", "e.amount >= 400"],
  ["purchased", null, "product is unknown", "e.product IS NULL"],
  ["purchased", 180, 'product in ("Team", "Basic")', "lower(trim(e.product)) IN ('team', 'basic')"],
  [
    "visited",
    30,
    'url starts with "https://acme.example/4"',
    "starts_with(lower(trim(e.url)), 'https://acme.example/4')",
  ],
  ["visited", null, 'url = "https://acme.example/100"', "lower(trim(e.url)) = 'https://acme.example/100'"],
  ["opened", 180, "topic = newsletter", "lower(trim(e.topic)) = 'newsletter'"],
];

const mixed: (readonly [where: string, byHand: string])[] = [];
const add = (where: string, byHand: string) => mixed.push([where, byHand]);

for (const [where, sql] of fields) add(where, contacts(sql));
for (const [event, days] of windows) add(`${event}${window(days)}`, once(event, days));
for (const [event, days, words, test] of counts) add(`${event} ${words}${window(days)}`, having(event, days, test));
for (const [event, days, words, sql] of properties)
  add(`${event} where (${words})${window(days)}`, once(event, days, sql));

// Who did not.
for (const days of [30, 90, 365]) {
  add(
    `role = decision_maker and not opened in ${days}d`,
    contacts("c.role = 'decision_maker'", [], [some("opened", days)]),
  );
  add(
    `not opened in ${days}d and not clicked in ${days}d and created before ${days}d ago`,
    contacts(`c.created < ${ago(days)}`, [], [some("opened", days), some("clicked", days)]),
  );
  add(
    `tier = enterprise and not purchased in ${days}d`,
    contacts("c.tier = 'enterprise'", [], [some("purchased", days)]),
  );
  add(`visited in ${days}d and not purchased`, contacts("", [some("visited", days)], [some("purchased", null)]));
  add(
    `received at least 2 times in ${days}d and not opened in ${days}d`,
    `SELECT w.contact_id FROM (${having("received", days, ">= 2")}) AS w ANTI JOIN (${some("opened", days)}) AS a ON a.contact_id = w.contact_id`,
  );
}
add(
  "purchased exactly 1 time and not purchased in 30d",
  `SELECT e.contact_id ${events("purchased", null)} GROUP BY e.contact_id HAVING count(*) = 1 AND NOT bool_or(e.occurred_at >= ${ago(30)})`,
);
add("visited at most 1 time in 90d", contacts("", [], [having("visited", 90, "> 1")]));
add(
  "purchased fewer than 2 times and seats >= 100",
  contacts("c.seats >= 100", [], [having("purchased", null, ">= 2")]),
);

// Both sides.
for (const [words, sql] of [
  ["role = influencer", "c.role = 'influencer'"],
  ["country = US", "c.country = 'US'"],
  ["seats >= 300", "c.seats >= 300"],
] as const) {
  add(`${words} and opened in 90d`, contacts(sql, [some("opened", 90)]));
  add(`${words} and purchased`, contacts(sql, [some("purchased", null)]));
  add(`${words} and visited at least 2 times in 180d`, contacts(sql, [having("visited", 180, ">= 2")]));
  add(
    `${words} and (opened in 30d or clicked in 30d or visited in 30d)`,
    contacts(
      `${sql} AND c.contact_id IN (${[some("opened", 30), some("clicked", 30), some("visited", 30)].join(" UNION ALL ")})`,
    ),
  );
}
add(
  "opened in 30d and clicked in 30d",
  `SELECT DISTINCT w.contact_id FROM (${some("clicked", 30)}) AS w SEMI JOIN (${some("opened", 30)}) AS o ON o.contact_id = w.contact_id`,
);
add(
  "seats >= 450 or purchased at least 4 times",
  contacts(`c.seats >= 450 OR c.contact_id IN (${having("purchased", null, ">= 4")})`),
);
add("role = user or not opened", contacts(`c.role = 'user' OR c.contact_id NOT IN (${some("opened", null)})`));

type Asked = readonly [Event, number | null, words?: string, test?: string];
const wordsOf = ([event, days, words]: Asked) => `${event}${words === undefined ? "" : ` ${words}`}${window(days)}`;
const keysOf = ([event, days, , test]: Asked) => (test === undefined ? some(event, days) : having(event, days, test));
const twice = ["at least 2 times", ">= 2"] as const;

// Several sides of one person, as most segments ask.
const sides: readonly (readonly [wanted: readonly Asked[], absent: readonly Asked[], words: string, filter: string])[] =
  [
    [
      [["received", 180, "at least 3 times", ">= 3"]],
      [
        ["opened", 180],
        ["purchased", null],
      ],
      "role = user",
      "c.role = 'user'",
    ],
    [
      [
        ["visited", 90],
        ["opened", 90],
      ],
      [["purchased", 365]],
      "seats >= 100",
      "c.seats >= 100",
    ],
    [
      [
        ["purchased", null, ...twice],
        ["opened", 365],
      ],
      [["purchased", 90]],
      "",
      "",
    ],
    [
      [["purchased", null]],
      [
        ["opened", 180],
        ["clicked", 180],
        ["visited", 180],
      ],
      "",
      "",
    ],
    [
      [["received", 365, ...twice]],
      [
        ["opened", 365],
        ["clicked", 365],
      ],
      "created before 365d ago",
      `c.created < ${ago(365)}`,
    ],
    [
      [
        ["clicked", null],
        ["visited", null, ...twice],
      ],
      [["purchased", null]],
      "tier = free",
      "c.tier = 'free'",
    ],
    [
      [
        ["opened", null, "at least 3 times", ">= 3"],
        ["clicked", null],
      ],
      [["purchased", 180]],
      "",
      "",
    ],
    [
      [
        ["visited", 365, "at least 3 times", ">= 3"],
        ["purchased", null],
      ],
      [["visited", 30]],
      "",
      "",
    ],
    [
      [
        ["purchased", 365, ...twice],
        ["visited", 180],
        ["opened", 180],
      ],
      [],
      "tier = enterprise",
      "c.tier = 'enterprise'",
    ],
    [
      [["received", null, "at least 4 times", ">= 4"]],
      [
        ["clicked", null],
        ["purchased", null],
      ],
      "",
      "",
    ],
    [
      [
        ["opened", 365, ...twice],
        ["received", 365, ...twice],
      ],
      [["clicked", 365]],
      "country in (DE, FR)",
      "c.country IN ('DE', 'FR')",
    ],
    [
      [["visited", null]],
      [
        ["opened", null],
        ["purchased", null],
      ],
      "seats >= 50",
      "c.seats >= 50",
    ],
    [
      [
        ["purchased", null, "at least 4 times", ">= 4"],
        ["opened", null, ...twice],
      ],
      [],
      "",
      "",
    ],
    [
      [["opened", null]],
      [
        ["opened", 180],
        ["visited", 180],
        ["purchased", 180],
      ],
      "",
      "",
    ],
  ];
for (const [wanted, absent, words, filter] of sides) {
  const parts = [
    ...wanted.map(wordsOf),
    ...absent.map((asked) => `not ${wordsOf(asked)}`),
    ...(words === "" ? [] : [words]),
  ];
  add(parts.join(" and "), contacts(filter, wanted.map(keysOf), absent.map(keysOf)));
}

const nameOf = (index: number) => `S${String(index + 1).padStart(3, "0")}`;
const placeOf = (where: string) => {
  const index = mixed.findIndex(([known]) => known === where);
  if (index < 0) throw new Error(`no segment where ${where}`);
  return index;
};

// Segments that read others.
const nested: readonly (readonly [
  wanted: readonly string[],
  absent: readonly string[],
  where: string,
  filter: string,
])[] = [
  [["opened in 30d"], ["purchased"], "", ""],
  [["purchased"], ["opened in 90d"], "", ""],
  [["visited in 30d"], ["purchased in 30d"], "role = decision_maker", "c.role = 'decision_maker'"],
  [["role = decision_maker"], ["clicked"], "", ""],
  [["seats >= 200", "opened in 90d"], [], "", ""],
  [["purchased at least 3 times"], ["visited in 180d"], "", ""],
  [["purchased exactly 1 time"], [], "tier = team", "c.tier = 'team'"],
  [["received at least 3 times in 180d"], ["opened in 180d"], "", ""],
  [['purchased where (product = "Pro")'], ["purchased in 365d"], "", ""],
  [["clicked in 90d"], [], "country = DE", "c.country = 'DE'"],
  [["opened at least 5 times"], ["purchased"], "", ""],
  [["visited more than 4 times"], ["created after 90d ago"], "", ""],
  [["purchased in 365d", "opened in 365d"], [], "role != user", "c.role IS DISTINCT FROM 'user'"],
  [["opened"], ["opened in 365d"], "", ""],
];
for (const [wanted, absent, words, filter] of nested) {
  const parts = [
    ...wanted.map((where) => `in ${nameOf(placeOf(where))}`),
    ...absent.map((where) => `not in ${nameOf(placeOf(where))}`),
    ...(words === "" ? [] : [words]),
  ];
  const keys = (where: string) => (mixed[placeOf(where)]?.[1] ?? "").replace("SELECT DISTINCT", "SELECT");
  add(parts.join(" and "), contacts(filter, wanted.map(keys), absent.map(keys)));
}
// Edges of the calendar.
add(
  "purchased in last month",
  `SELECT DISTINCT e.contact_id FROM event_purchased AS e WHERE e.occurred_at >= TIMESTAMP '2026-02-01' AND e.occurred_at < TIMESTAMP '2026-03-01'`,
);
add(
  "visited before 1y ago",
  `SELECT DISTINCT e.contact_id FROM event_visited AS e WHERE e.occurred_at < TIMESTAMP '2025-03-02 09:00:00'`,
);
add(
  "opened in this quarter and not opened in last quarter",
  `SELECT DISTINCT w.contact_id FROM (${some("opened", null, "e.occurred_at >= TIMESTAMP '2026-01-01'")}) AS w ANTI JOIN (${some("opened", null, "e.occurred_at >= TIMESTAMP '2025-10-01' AND e.occurred_at < TIMESTAMP '2026-01-01'")}) AS a ON a.contact_id = w.contact_id`,
);

export const mix: readonly Mixed[] = mixed.map(([where, byHand], index) => ({ name: nameOf(index), where, byHand }));
export const source = `${project}\n${mix.map(({ name, where }) => `segment ${name} where ${where}`).join("\n")}\n`;
