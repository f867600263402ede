// Makes the playbook's small world in data/: people, what they did, and what they will do in the 90 days behind 5 January 2026. The
// same for the same seed. As a command: node make-world.mjs [PEOPLE]
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

/** Mulberry32: small, seeded, good enough for sample data. */
function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const day = 86_400_000;
const start = Date.parse("2026-01-05T08:00:00Z");
const names = ["Mia", "Ben", "Lea", "Tomás", "Ida", "Jan", "Éva", "Max", "Zoë", "Leo", "Ada", "Kim", ""];
const places = ["DE,", "DE,", "FR,", "GB,", "US,America/New_York", "US,America/Los_Angeles", ","];
const industries = ["software", "health", "nonprofit", "finance", ""];
const pages = [
  "https://acme.example/",
  "https://acme.example/blog",
  "https://acme.example/pricing",
  "https://acme.example/products/crm",
  "https://acme.example/products/analytics",
  "https://union.example/loans/auto",
  "https://union.example/loans/auto/calculator",
];

const heads = {
  contacts: "id,email,first_name,industry,country,time_zone,created",
  signed_up: "id,contact,at",
  visited: "id,contact,at,url",
  downloaded: "id,contact,at,asset",
  attended: "id,contact,at",
  requested_demo: "id,contact,at",
  purchased: "id,contact,at",
  called: "id,contact,at,outcome",
  accepted_lead: "id,contact,at",
  applied: "id,contact,at",
  newsletter: "contact,at,state",
  received: "id,contact,at,message,topic",
  opened: "id,contact,at,message,topic",
  clicked: "id,contact,at,message,topic",
};

/** Writes the files of the world into `folder`. */
export function makeWorld(folder, people = 240, seed = 7) {
  const random = chance(seed);
  const files = Object.fromEntries(Object.entries(heads).map(([name, head]) => [name, [head]]));
  const pick = (list) => list[Math.floor(random() * list.length)];
  /** Days behind the start; before it where they are negative. */
  const at = (days) => new Date(Math.floor((start + days * day) / 1000) * 1000).toISOString().replace(".000Z", "Z");
  const between = (from, to) => from + random() * (to - from);
  let ids = 0;
  const happen = (event, contact, days, ...rest) =>
    files[event].push([`${event}-${++ids}`, contact, at(days), ...rest].join(","));

  for (let index = 1; index <= people; index++) {
    const id = `p${String(index).padStart(4, "0")}`;
    files.contacts.push(
      `${id},${id}@mail.example,${pick(names)},${pick(industries)},${pick(places)},${at(between(-600, -20))}`,
    );
    if (random() < 0.4) files.newsletter.push(`${id},${at(between(-300, -10))},yes`);
    if (random() < 0.25) happen("signed_up", id, between(-5, 85));
    const favourite = pick(pages);
    for (let visits = Math.floor(random() ** 2 * 9); visits > 0; visits--) {
      happen("visited", id, between(-60, 85), random() < 0.6 ? favourite : pick(pages));
    }
    if (random() < 0.2) happen("downloaded", id, between(-10, 80), random() < 0.8 ? "handbook" : "price list");
    if (random() < 0.12) happen("attended", id, between(-10, 80));
    if (random() < 0.08) happen("requested_demo", id, between(-30, 85));
    if (random() < 0.3) happen("purchased", id, between(-300, -5));
    if (random() < 0.1) happen("purchased", id, between(0, 85));
    if (random() < 0.12) {
      const first = between(-10, 60);
      happen("called", id, first, "no_answer");
      happen("called", id, first + 2, random() < 0.3 ? "reached" : "voicemail");
    }
    if (random() < 0.06) happen("accepted_lead", id, between(0, 85));
    if (random() < 0.06) happen("applied", id, between(5, 85));
    history({ id, random, happen, pick });
  }
  mkdirSync(folder, { recursive: true });
  for (const [name, rows] of Object.entries(files)) writeFileSync(join(folder, `${name}.csv`), `${rows.join("\n")}\n`);
}

/** Mails of the last eight months: some people read them, some only what is not about events, some none. */
function history({ id, random, happen, pick }) {
  if (random() < 0.35) return;
  const isSilent = random() < 0.3;
  const skipsEvents = random() < 0.2;
  for (let days = -240 + random() * 20; days < -3; days += 15 + random() * 20) {
    const topic = pick(["guides", "guides", "events", "newsletter"]);
    const message = `old-${id}-${Math.round(-days)}`;
    happen("received", id, days, message, topic);
    if (isSilent || (skipsEvents && topic === "events") || random() > 0.5) continue;
    happen("opened", id, days + 0.3, message, topic);
    if (random() < 0.4) happen("clicked", id, days + 0.31, message, topic);
  }
}

if (fileURLToPath(import.meta.url) === argv[1]) {
  makeWorld(join(dirname(fileURLToPath(import.meta.url)), "data"), Number(argv[2] ?? 240));
}
