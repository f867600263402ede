// Makes the demo's data: 20,000 contacts and 300,000 events, the same for the same seed.
import { mkdirSync, writeFileSync } from "node:fs";

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

const contacts = 20_000;
const events = 300_000;
const day = 86_400_000;
/** The virtual clock starts here; history reaches 120 days back and 60 days on. */
export const start = Date.parse("2026-01-01T00:00:00Z");

const names = [
  "Mia",
  "Ben",
  "Lea",
  "Tomás",
  "Ida",
  "Jan",
  "Éva",
  "Max",
  "Zoë",
  "Leo",
  "Ada",
  "Kim",
  "Noa",
  "Sam",
  "Uma",
  "Ray",
];
const zones = [
  "Europe/Berlin",
  "Europe/London",
  "America/New_York",
  "America/Los_Angeles",
  "Asia/Tokyo",
  "Asia/Kolkata",
];
const countries = ["DE", "GB", "US", "US", "JP", "IN"];
const roles = ["decision_maker", "influencer", "user", "user", ""];
const pages = ["/", "/blog", "/features", "/pricing", "/pricing/team", "/docs", "/customers"];

const instant = (ms) => new Date(Math.floor(ms / 1000) * 1000).toISOString().replace(".000Z", "Z");
const id = (index) => `c${String(index).padStart(5, "0")}`;

function contactRows(random) {
  const rows = ["id,email,first_name,role,country,time_zone,seats,status,created"];
  for (let index = 0; index < contacts; index++) {
    const place = Math.floor(random() * zones.length);
    const name = random() < 0.85 ? names[Math.floor(random() * names.length)] : "";
    const role = roles[Math.floor(random() * roles.length)];
    const zone = random() < 0.7 ? zones[place] : "";
    const seats = random() < 0.6 ? 1 + Math.floor(random() ** 3 * 500) : "";
    const created = instant(start - random() * 120 * day);
    rows.push(
      `${id(index)},${id(index)}@mail.example,${name},${role},${countries[place]},${zone},${seats},lead,${created}`,
    );
  }
  return rows;
}

/** Every contact signs up once; most of the rest are page visits, some demos and purchases. */
function eventRows(random) {
  const made = {
    signed_up: ["id,contact,at,plan"],
    visited: [],
    requested_demo: ["id,contact,at,seats"],
    purchased: ["id;contact;at;amount;product"],
  };
  const when = () => instant(start - 60 * day + random() * 120 * day);
  for (let index = 0; index < contacts; index++) {
    made.signed_up.push(`s${index},${id(index)},${when()},${random() < 0.7 ? "free" : "team"}`);
  }
  for (let index = contacts; index < events; index++) {
    const contact = id(Math.floor(random() ** 1.5 * contacts));
    const draw = random();
    if (draw < 0.01)
      made.requested_demo.push(`d${index},${contact},${when()},${random() < 0.5 ? 5 + Math.floor(random() * 90) : ""}`);
    else if (draw < 0.02)
      made.purchased.push(
        `p${index};${contact};${when()};${(10 + random() * 490).toFixed(2)};${random() < 0.5 ? "team" : "pro"}`,
      );
    else {
      const page = pages[Math.floor(random() * pages.length)];
      made.visited.push(
        JSON.stringify({
          id: `v${index}`,
          user: { id: contact },
          at: when(),
          page: { url: `https://acme.example${page}` },
        }),
      );
    }
  }
  return made;
}

/** Writes the files into `folder`; returns how many contacts and events they hold. */
export function makeData(folder, seed = 42) {
  const random = chance(seed);
  mkdirSync(folder, { recursive: true });
  const write = (name, rows) => writeFileSync(`${folder}/${name}`, `${rows.join("\n")}\n`);
  write("contacts.csv", contactRows(random));
  const made = eventRows(random);
  write("signed_up.csv", made.signed_up);
  write("visited.jsonl", made.visited);
  write("requested_demo.csv", made.requested_demo);
  write("purchased.csv", made.purchased);
  return { contacts, events };
}
