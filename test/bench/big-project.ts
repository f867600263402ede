// A project of any size, in the manner of real ones: audiences that build on each other, programs with waits and branches.

import type { SourceFile } from "../../grammar/span.ts";

const head = `project acme <
  language 1
  time zone "Europe/Berlin"
  currency EUR
  sender "Ana from Acme <ana@acme.example>"
  postal address "Acme GmbH, Torstr. 1, 10119 Berlin"
>
contact <
  id text key
  email email
  first_name text?
  role one of (decision_maker, influencer, user)?
  country country?
  seats number?
  created datetime
>
event signed_up < plan one of (free, team)  source text? >
event purchased < amount money  product text? >
topic news "News" opt out
`;

const conditions: readonly ((index: number) => string)[] = [
  (n) => `role = decision_maker and received in ${30 + (n % 60)}d and not opened in ${20 + (n % 9)}d`,
  (n) => `purchased at least ${1 + (n % 5)} times in ${n + 30}d and country in (DE, AT, CH)`,
  (n) => `seats >= ${n} or (first_name is known and created before ${n + 1}d ago)`,
  (n) => `in S${n % 7} and visited where (url contains "/page/${n}") at least 2 times in 14d`,
  (n) => `signed_up where (plan = team and source = "ad ${n}") in ${n + 7}d and not purchased`,
];

const program = (n: number, segment: number) => `
program p${n} for S${segment} <
  why "People of S${segment} hear of it"
  enter again after ${30 + (n % 60)}d
  goal purchased within ${10 + (n % 20)}d
  exit when unsubscribed
  send m${n}
  wait ${1 + (n % 6)}d
  wait up to 5d until opened m${n} or clicked m${n} then <
    send m${n}
    wait 2d
  > otherwise <
    if role = decision_maker and seats >= ${n} then <
      wait 1d
      send m${n}
    > otherwise <
      wait until tuesday 09:00 local
    >
  >
  wait 3d
  if purchased in ${n + 2}d then < stop >
  send m${n} only if seats is known and in S${n % 7}
  wait up to 3d until clicked m${n} or purchased where (product = "kit ${n}") then <
    set seats add 1
    wait 1d
  > otherwise <
    if country in (DE, AT) and not received in 7d then <
      send m${n}
      wait 4d
    >
  >
  wait 2w
  if (role = user or role is unknown) and in S${(n + 1) % 7} then <
    send m${n}
  >
>
`;

/** Some conditions of the list, each in its parentheses; the first segments are those that others are in. */
function condition(n: number): string {
  if (n < 10) return `seats >= ${n}`;
  return [0, 1, 3, 4]
    .map((step) => `(${conditions[(n + step) % conditions.length]?.(n + step) ?? ""})`)
    .join("\n  and ");
}

/** So many segments in ten files, a tenth as many programs with a mail each in ten more. */
export function bigProject(segments: number): readonly SourceFile[] {
  const audiences: string[] = Array.from({ length: 10 }, () => "");
  const programs: string[] = Array.from({ length: 10 }, () => "");
  for (let n = 0; n < segments; n++) {
    const file = Math.floor((n * 10) / segments);
    audiences[file] += `segment S${n} where ${condition(n)}\n`;
    if (n % 10 !== 0) continue;
    const mail = `email m${n} < subject "Hello {{ first_name | default: 'there' }} ${n}"  text "Hi."  topic news >`;
    programs[file] += `\n${mail}\n${program(n, n)}`;
  }
  return [
    { path: "project.cdz", text: head },
    ...audiences.map((text, index) => ({ path: `audiences-${index}.cdz`, text })),
    ...programs.map((text, index) => ({ path: `programs-${index}.cdz`, text })),
  ];
}
