// Where the mistakes of the corpus are put: the place they come from, and others of their kind.

/** What stands for the mistake in a frame. */
export const hole = "¤";

export interface Frames {
  readonly home: string;
  readonly away: readonly string[];
}

const why = 'why "New people see what it is for"';
const program = (name: string, parts: string) => `program ${name} <\n  ${why}\n${parts}\n>\n`;
const bare = (name: string, parts: string) => `program ${name} <\n${parts}\n>\n`;
const email = (name: string, parts: string) => `email ${name} <\n${parts}\n>\n`;
const started = "  start when signed_up\n  goal purchased within 30d";

/** By the word behind `moves as` in the first line of a file. */
export const frames: Readonly<Record<string, Frames>> = {
  condition: {
    home: `segment Someone where ${hole}\n`,
    away: [
      `segment Others where created before 30d ago and (${hole})\n`,
      `segment Others where not (${hole}) and subscribed to news\n`,
      program("later", `${started}\n  if ${hole} then < send welcome > otherwise < stop >`),
      program("later", `  start when signed_up\n  exit when ${hole}\n  send welcome`),
      program("later", `${started}\n  send welcome\n  wait up to 3d until ${hole} then < stop >`),
    ],
  },
  step: {
    home: program("nurture", `${started}\n  ${hole}`),
    away: [
      program("later", `${started}\n  send welcome\n  if seats > 3 then <\n    ${hole}\n  > otherwise < stop >`),
      program(
        "later",
        `${started}\n  wait up to 5d until opened welcome then < stop > otherwise < ${hole} >\n  send welcome`,
      ),
      program(
        "later",
        `  start when in Customers\n  exit when unsubscribed\n  if vip is yes then < if seats > 3 then < ${hole} > >`,
      ),
    ],
  },
  head: {
    home: bare("nurture", `${started}\n  ${hole}\n  send welcome`),
    away: [
      bare("later", `  ${hole}\n${started}\n  wait 3d\n  send welcome`),
      bare(
        "later",
        `  start when in Customers\n  enter again after 90d\n  ${hole}\n  goal purchased within 30d\n  send welcome`,
      ),
      bare("later for Customers", `  goal purchased within 60d\n  ${hole}\n  wait 3d`),
    ],
  },
  start: {
    home: program("nurture", `  ${hole}\n  exit when unsubscribed\n  send welcome`),
    away: [
      program("later", `  exit when unsubscribed\n  ${hole}\n  send welcome`),
      program("later", `  only if vip is yes\n  ${hole}\n  exit when in Customers\n  wait 3d\n  send welcome`),
      program(
        "later",
        `  owner "Ana"\n  ${hole}\n  enter once\n  exit when unsubscribed\n  if seats > 3 then < stop >`,
      ),
    ],
  },
  field: {
    home: `event trial <\n  ${hole}\n>\n`,
    away: [
      `event later < place text  ${hole} >\n`,
      `event later <\n  ${hole}\n  place text?\n>\n`,
      `event later <\n  place number  many list of text\n  ${hole}\n  last_one date?\n>\n`,
    ],
  },
  setting: {
    home: email("offer", `  subject "An offer"\n  ${hole}\n  text "Hello"\n  topic tips`),
    away: [
      email("plain", `  ${hole}\n  subject "Plain"\n  text "Hello"\n  topic news`),
      email("plain", `  subject "Plain"  text "Hello"  topic news  ${hole}`),
      email("plain", `  topic tips  ${hole}  text "Hello"\n  subject "Plain"`),
    ],
  },
  mail: {
    home: email("offer", `  subject "Hello ${hole}"\n  text "Hello"\n  topic tips`),
    away: [
      email("plain", `  subject "Plain"\n  text "Dear you ${hole}, hello"\n  topic news`),
      email("plain", `  topic news\n  subject "Plain"\n  preview text "${hole}"\n  text "Hello"`),
      email("plain", `  subject "{% if vip %}Dear {% endif %}${hole} and {{ email }}"\n  text "Hello"\n  topic news`),
    ],
  },
  declaration: {
    home: `${hole}\n`,
    away: [
      `# Before.\nsegment Before2 where seats > 7\n\n${hole}\n\n## Behind.\nsegment Behind2 where seats > 8\n`,
      `email before2 < subject "Plain"  text "Hello"  topic news >\n${hole}\nteam behind2 "Behind"\n`,
      `  event before2 < place text >\n  ${hole}\n`,
    ],
  },
};

/** Each name of the corpus, and what it is called in three other projects. */
const names: readonly (readonly [name: string, ...others: readonly [string, string, string]])[] = [
  ["first_name", "given_name", "monicker", "callsign"],
  ["FIRST_NAME", "GIVEN_NAME", "MONICKER", "CALLSIGN"],
  ["role", "position", "job", "rank"],
  ["decision_maker", "team_leader", "big_boss", "first_hand"],
  ["decison_maker", "team_leadr", "big_bos", "frst_hand"],
  ["decision", "team", "big", "first"],
  ["maker", "leader", "boss", "hand"],
  ["influencer", "advisor", "fan", "mentor"],
  ["user", "worker", "staff", "clerk"],
  ["User", "Worker", "Staff", "Clerk"],
  ["cmo", "head_of", "chief", "cfo"],
  ["land", "nation", "home_land", "residence"],
  ["seats", "desks", "chairs", "workplaces"],
  ["seatz", "deskz", "chairz", "workplacez"],
  ["arr", "revenue", "turnover", "worth"],
  ["budget", "funds", "purse", "means_left"],
  ["discount", "rebate", "reduction", "markdown"],
  ["vip", "gold", "loyal", "priority"],
  ["tags", "marks", "traits", "hobbies"],
  ["renewal", "expiry", "due_day", "term_end"],
  ["created", "joined_at", "added", "entered_on"],
  ["signed_up", "registered", "enrolled", "came_in"],
  ["purchased", "bought", "ordered", "paid"],
  ["purchaced", "bougth", "orderd", "piad"],
  ["amount", "total_price", "price", "value_paid"],
  ["amuont", "total_prise", "pirce", "value_piad"],
  ["product", "article", "item", "thing"],
  ["Customers", "Buyers", "Clients", "Payers"],
  ["Custmers", "Buyrs", "Clints", "Payrs"],
  ["beta", "pilot", "early", "testers"],
  ["tips", "hints", "advice", "tricks"],
  ["news", "letters", "updates", "bulletin"],
  ["newz", "letterz", "updatez", "buletin"],
  ["welcome", "greeting", "hello_you", "introduction"],
  ["welcom", "greetin", "hello_yu", "introducton"],
  ["nurture", "awaken", "warm_up", "first_steps"],
  ["Someone", "Anyone", "Somebody", "Chosen"],
  ["Loyal", "Faithful", "Regulars", "Devoted"],
  ["trial", "attempt", "probe_run", "tasting"],
  ["offer", "bargain", "proposal", "deal_of_day"],
  ["gifts", "presents", "goodies", "freebies"],
  ["Big", "Great", "Huge", "Large"],
  ["Spenders", "Buyers_too", "Shoppers", "Fans"],
  ["Big_Spenders", "Great_Buyers_too", "Huge_Shoppers", "Large_Fans"],
];

export type World = 0 | 1 | 2;
export const worlds: readonly World[] = [0, 1, 2];

/** Names that the mistakes themselves declare. */
const own = new Set("nurture Someone Loyal trial offer gifts Big Spenders Big_Spenders".split(" "));

/** The text with other names. */
export function renamed(text: string, world: World): string {
  const table = new Map(names.map(([name, ...others]) => [name, others[world]]));
  return text.replace(/[A-Za-z_]\w*/g, (word) => table.get(word) ?? word);
}

/** The text with other names for what it declares, so that it can stand beside its like. */
export function redeclared(text: string): string {
  const table = new Map(names.map(([name, other]) => [name, other]));
  return text.replace(/[A-Za-z_]\w*/g, (word) => (own.has(word) ? (table.get(word) ?? word) : word));
}
