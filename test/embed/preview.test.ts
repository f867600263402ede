// Mails as one person would get them, and test mails, through the library.

import { expect, onTestFinished, test } from "vitest";
import { compile, type Instant, type Mailer, open, type Plan, type SendOutcome } from "../../runtime/index.ts";
import { projectOf } from "../support/example-copy.ts";
import { valueFrom } from "../support/scratch.ts";

const source = `project shop < time zone "UTC"  currency EUR  sender "Shop <shop@shop.example>"  postal address "Main Street 1" >
contact < id text key  email email?  role one of (user, boss)?  seats number? >
event signed_up < plan one of (free, team)? >
load contact from csv "people.csv" < id from id  email from email  role from role  seats from seats >
load signed_up from csv "signs.csv" < contact from id  at from at  plan from plan >
topic news "News" opt out
email hello < subject "Hello"  text "Your plan: {{ event.plan | default: 'none' }}. Seats: {{ seats | default: 0 }}"  topic news
  variant for_bosses when role = boss then < subject "Hello, boss" >
  variant brief < text "Hi" > >
email other < subject "Other"  text "Hi"  topic news >
program greet < why "Everybody is greeted"  start when signed_up  enter every time  goal unsubscribed  send hello  wait 9d >
`;
const day = (number: number): Instant => Date.UTC(2026, 2, number);
function planOf(): Plan {
  const { plan, diagnostics } = compile([{ path: "shop.cdz", text: source }]);
  if (plan === null) throw new Error(JSON.stringify(diagnostics));
  return plan;
}

/** `answer`: what becomes of each mail; null: there is no mailer. */
async function shop(answer: SendOutcome | null = null) {
  const dataDir = projectOf({
    "people.csv": "id,email,role,seats\na,A@x.example,user,3\nb,b@x.example,boss,\nc,,user,\n",
    "signs.csv": "id,at,plan\na,2026-03-01,free\na,2026-03-05,team\n",
  });
  const sent: { readonly to: string; readonly labels: readonly unknown[]; readonly id: string }[] = [];
  const mailer: Mailer = {
    name: "mine",
    delivers: false,
    send: async ({ to, labels, sendId }) => {
      sent.push({ to, labels, id: sendId });
      return answer ?? { kind: "halt", reason: "" };
    },
  };
  const place = { folder: `${dataDir}/.cadenza` };
  const engine = valueFrom(
    await open({ plan: planOf(), database: place, dataDir, ...(answer === null ? {} : { mailer }) }),
  );
  onTestFinished(() => engine.close());
  valueFrom(await engine.load({ at: day(6) }));
  return { engine, sent };
}

const said = async (mail: ReturnType<Awaited<ReturnType<typeof shop>>["engine"]["preview"]>) => {
  const made = await mail;
  if (!made.ok) return made.failure.code;
  const { variant, subject, text, without } = made.value;
  return [variant, subject, text.split("\n", 1)[0], ...without];
};

test("a preview takes the variant that the person would get, or the one that is named", async () => {
  const { engine } = await shop();
  const at = day(7);
  const of = (as: string, variant?: string) =>
    said(engine.preview({ email: "hello", as, at, ...(variant === undefined ? {} : { variant }) }));
  expect(await of("a")).toEqual([null, "Hello", "Your plan: none. Seats: 3"]);
  expect(await of("b")).toEqual(["for_bosses", "Hello, boss", "Your plan: none. Seats: 0"]);
  expect(await of("a", "for_bosses")).toEqual(["for_bosses", "Hello, boss", "Your plan: none. Seats: 3"]);
  expect(await of("b", "brief")).toEqual(["brief", "Hello", "Hi"]);
  expect(await of("c")).toBe("F413");
  expect(await of("d")).toBe("F118");
  expect(await of("a", "breif")).toBe("F117");
  expect(await said(engine.preview({ email: "helo", as: "a", at }))).toBe("F117");
});

test("a preview shows the event that started the person the last time", async () => {
  const { engine } = await shop();
  valueFrom(await engine.apply(Date.UTC(2026, 1, 20)));
  for (const number of [1, 2, 3, 4, 5, 6, 20]) valueFrom(await engine.tick(day(number)));
  const read = await said(engine.preview({ email: "hello", as: "a", at: day(21) }));
  expect(read).toEqual([null, "Hello", "Your plan: free. Seats: 3"]);
  expect(await said(engine.preview({ email: "other", as: "a", at: day(21) }))).toEqual([null, "Other", "Hi"]);
});

test("a test mail goes to the other address, without labels and under an id of its own", async () => {
  const { engine, sent } = await shop({ kind: "sent", providerId: "1" });
  const request = { email: "hello", as: "b", to: " Me@x.example ", at: day(7) };
  expect(valueFrom(await engine.sendTest(request))).toEqual({
    email: "hello",
    variant: "for_bosses",
    to: "Me@x.example",
    subject: "Hello, boss",
    mailer: "mine",
  });
  valueFrom(await engine.sendTest({ ...request, at: day(8) }));
  // Whoever has no address has a mail to be looked at all the same.
  valueFrom(await engine.sendTest({ ...request, as: "c" }));
  expect(sent.map(({ to, labels }) => [to, labels])).toEqual(new Array(3).fill(["Me@x.example", []]));
  expect(new Set(sent.map(({ id }) => id)).size).toBe(3);
  const seen = valueFrom(await engine.snapshot(day(9)));
  expect(seen.mail.sent).toBe(0);
});

test("a test mail that nobody took for certain is a failure that says so", async () => {
  for (const kind of ["refused", "halt", "unknown"] as const) {
    const { engine } = await shop({ kind, reason: "the reason" });
    const made = await engine.sendTest({ email: "hello", as: "b", to: "me@x.example", at: day(7) });
    expect(made).toMatchObject({ ok: false, failure: { code: "F415", text: expect.stringContaining("the reason") } });
  }
  const { engine } = await shop();
  const made = await engine.sendTest({ email: "hello", as: "b", to: "me@x.example", at: day(7) });
  expect(made).toMatchObject({ ok: false, failure: { code: "F415" } });
});
