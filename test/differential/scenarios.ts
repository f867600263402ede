// Random programs over random histories, as sources and as rows.

import fc from "fast-check";

export const start = Date.UTC(2026, 2, 27);
export const days = 6;

const condition = fc.constantFrom(
  "seats >= 5",
  "seats < 3",
  "role is unknown",
  "role is not boss",
  "purchased",
  "not purchased in 2d",
  "purchased at least 2 times",
  "purchased ever",
  "opened welcome",
  "opened nudge in 1d",
  "not opened welcome and seats >= 4",
  "created before 1d ago",
  "in Buyers",
  "in vips",
  "subscribed to news",
  "in program q",
  "unsubscribed from tips",
  "in Buyers or role = boss",
);
const emails = ["welcome", "nudge", "digest"];
/** Each program sets fields of its own, so that no two steps of one instant write the same. */
const leaf = (own: readonly string[]) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        ...emails.map((email) => `send ${email}`),
        "send nudge only if seats >= 3",
        "send welcome only if in Buyers",
        "send digest  wait up to 1d until opened digest or purchased",
        "send nudge  wait up to 30h until opened nudge",
      ),
    },
    {
      weight: 5,
      arbitrary: fc.constantFrom(
        "wait 1d",
        "wait 7h",
        "wait 90min",
        "wait until 09:00 local",
        "wait until sunday 02:30",
        "wait until 18:00",
        "wait until renewal",
        "wait up to 30h until purchased",
      ),
    },
    { weight: 3, arbitrary: fc.constantFrom(...own) },
    { weight: 1, arbitrary: fc.constant("stop") },
  );
/** Steps of up to so many blocks inside one another. */
function blockOf(own: readonly string[], depth: number): fc.Arbitrary<string> {
  const steps = (step: fc.Arbitrary<string>) =>
    fc.array(step, { minLength: 1, maxLength: 3 }).map((all) => all.join("\n    "));
  if (depth === 0) return steps(leaf(own));
  const inner = blockOf(own, depth - 1);
  const choice = fc
    .tuple(fc.array(fc.tuple(condition, inner), { minLength: 1, maxLength: 2 }), fc.option(inner))
    .map(([branches, rest]) => {
      const written = branches.map(([when, then]) => `if ${when} then < ${then} >`).join(" otherwise ");
      return rest === null ? written : `${written} otherwise < ${rest} >`;
    });
  const split = fc.tuple(inner, inner).map(([one, other]) => `split < arm 35% < ${one} > arm 65% < ${other} > >`);
  const wait = fc.tuple(condition, fc.option(inner), fc.option(inner)).map(([when, then, rest]) => {
    const blocks = [then === null ? "" : ` then < ${then} >`, rest === null ? "" : ` otherwise < ${rest} >`];
    return `wait up to 20h until ${when}${blocks.join("")}`;
  });
  return steps(
    fc.oneof(
      { weight: 4, arbitrary: leaf(own) },
      { weight: 1, arbitrary: choice },
      { weight: 1, arbitrary: wait },
      { weight: 1, arbitrary: split },
    ),
  );
}
/** Of an experiment, by what it ends; null: it does not. Names are unique in a project. */
const winnerOf = fc.constantFrom(
  null,
  "winner by open rate after 1d needs 1",
  "winner by open rate after 9h needs 2",
  "winner by goal rate after 1d needs 1",
  "winner by goal rate after 20h needs 2",
);
const experimentOf = (name: string, own: readonly string[]) =>
  fc.tuple(blockOf(own, 0), blockOf(own, 0), fc.boolean(), winnerOf).map(
    ([one, other, hasThird, winner]) =>
      (goal: string) =>
        `experiment ${name} < arm a 40% < send welcome ${one} > arm b ${hasThird ? "40%" : "60%"} < ${other} send nudge > ${hasThird ? "arm c 20% < >" : ""} ${winner === null || (winner.includes("goal") && goal === "") ? "" : winner} >`,
  );
/** Only who is started by an event with a plan can enter once for each. */
const perPlan = "enter once per plan";
const programOf = (name: string, own: readonly string[], ends: readonly string[]) =>
  fc
    .record({
      start: fc.constantFrom(
        "< start when signed_up",
        "< start when purchased and seats >= 2",
        "< start when signed_up or purchased",
        "< start when seats >= 4",
        "for Buyers <",
        "for Buyers < start when signed_up",
        "< start when purchased at least 2 times or in vips",
        "< start when not purchased in 2d",
      ),
      onlyIf: fc.constantFrom("", "", "only if seats >= 3", "only if role is unknown"),
      enter: fc.constantFrom("", "enter every time", "enter again after 2d", perPlan),
      goal: fc.constantFrom("", "goal purchased within 2d", "goal seats >= 8", "goal opened welcome within 40h"),
      exit: fc.constantFrom("", "exit when role = boss", "exit when purchased at least 3 times", "exit when in vips"),
      holdOut: fc.constantFrom("", "", "hold out 30%"),
      experiment: fc.option(experimentOf(`tone_${name}`, own), { nil: () => "" }),
      steps: blockOf(own, 2),
      end: fc.constantFrom(...ends),
    })
    .map(
      (of) =>
        `program ${name} ${of.start}\n    ${[of.onlyIf, of.enter === perPlan && of.start !== "< start when signed_up" ? "" : of.enter, of.goal, of.goal.includes("within") ? of.holdOut : "", of.exit].filter((head) => head !== "").join("\n    ")}\n    wait 1h as top\n    ${of.experiment(of.goal)}\n    ${of.steps}\n    ${of.end}\n  >`,
    );

/** Hours come before days, so days come last. */
const policy = fc
  .tuple(
    fc.constantFrom("", "", "at most 1 emails in 2d", "at most 2 emails in 30h", "at most 1 emails in 7h"),
    fc.constantFrom("", "", "never send to in Buyers", "never send tips to in vips"),
    fc.constantFrom(
      "",
      "",
      "quiet hours 20:00 to 08:00 local",
      "send only between 10:00 and 02:30",
      "quiet hours 01:30 to 13:15",
    ),
    fc.constantFrom("", "", "send only on weekdays", "send only on weekdays local"),
  )
  .map((rules) => rules.filter((rule) => rule !== "").join("\n    "));

export const scenario = fc.record({
  policy,
  programs: fc.tuple(
    programOf(
      "p",
      ["set seats add 1", "set seats add 3", "add to vips", "remove from vips"],
      ["", "if seats < 6 then < go to top >", "wait 1h  continue in q"],
    ),
    programOf(
      "q",
      [
        "set role = boss",
        "set role = unknown",
        "send nudge  set role = boss",
        "subscribe to news",
        "unsubscribe from tips",
        "suppress",
      ],
      ["", "if in Buyers then < go to top >"],
    ),
  ),
  happenings: fc.array(
    fc.record({
      event: fc.constantFrom("signed_up", "purchased", "purchased"),
      person: fc.integer({ min: 0, max: 5 }),
      plan: fc.constantFrom("free", "team"),
      minute: fc.integer({ min: -600, max: days * 24 * 60 - 1 }),
    }),
    { minLength: 4, maxLength: 16 },
  ),
  people: fc.array(
    fc.record({
      seats: fc.option(fc.integer({ min: 0, max: 9 })),
      role: fc.option(fc.constantFrom("boss", "user")),
      /** Of few addresses, so that people share them; null: none. */
      address: fc.option(fc.integer({ min: 0, max: 8 }), { freq: 7 }),
      day: fc.option(fc.integer({ min: -2, max: days })),
      zone: fc.option(fc.constantFrom("America/New_York", "Asia/Kathmandu")),
      /** Hours after which each mail is opened. */
      opens: fc.tuple(...emails.map(() => fc.option(fc.integer({ min: 0, max: 40 }), { freq: 2 }))),
    }),
    { minLength: 6, maxLength: 6 },
  ),
});
export type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

export const sourceOf = ({ programs, policy: rules }: Scenario): string => {
  const held = rules === "" ? [] : [`policy house <\n    ${rules}\n  >`];
  return ['list vips "VIPs"', "segment Buyers where purchased in 3d", ...held, ...programs].join("\n");
};

export function opensAfter({ people }: Scenario, person: string, email: string): number | null {
  const hours = people[Number(person.slice(1))]?.opens[emails.indexOf(email)];
  return hours === null || hours === undefined ? null : hours * 3_600_000;
}
