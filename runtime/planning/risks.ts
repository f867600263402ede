// What is worth a second look before a plan goes live: a table of risks, each with how it is found and a sentence.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Program } from "../../compiler/ir/program.ts";
import type { PlannedChange, Foreseen, Risk } from "./foreseen.ts";

/** What is known besides the answer itself. */
export interface Around {
  readonly live: Plan | null;
  readonly next: Plan;
  readonly contacts: number;
  /** Edges that are new, with how many people fulfil them already and so do not start. */
  readonly present: readonly { readonly program: string; readonly people: number }[];
  /** Opt-in topics that no address has agreed to. */
  readonly unagreed: readonly string[];
  /** Mails that wait to go out, of emails that the plan no longer has. */
  readonly orphans: readonly { readonly email: string; readonly mails: number }[];
}

type Found = Omit<Risk, "risk">;
type Look = (answer: Omit<Foreseen, "risks">, around: Around) => readonly Found[];

/** From this share of all people on, and at least so many of them, it is many. */
const manyShare = 0.2;
const manyLeast = 50;

const isMany = (count: number, contacts: number): boolean => count >= Math.max(manyLeast, manyShare * contacts);

const counted = (count: number, one: string, many: string) =>
  `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
const people = (count: number) => counted(count, "person", "people");

/** Programs that the edit brings or changes. */
const edited = ({ changes }: Pick<Foreseen, "changes">, { next }: Around): readonly Program[] => {
  const names = changes.filter(({ kind }: PlannedChange) => kind === "program").map(({ name }) => name);
  return next.programs.filter(({ name }) => names.includes(name));
};

const looks: Readonly<Record<string, Look>> = {
  "no exit": (answer, around) =>
    edited(answer, around)
      .filter(
        ({ exits, goal, steps }) => exits.length === 0 && goal === null && steps.some(({ kind }) => kind === "send"),
      )
      .map(({ name }) => ({
        about: name,
        text: "It has neither a goal nor an exit: people get every mail, whatever they do meanwhile.",
      })),
  "many at once": ({ mails }, { contacts }) =>
    mails
      .filter(({ atOnce }) => atOnce.more.count > 0 && isMany(atOnce.after, contacts))
      .map(({ program, email, atOnce }) => ({
        about: program,
        text: `\`${email}\` goes to ${people(atOnce.after)} at once, of ${people(contacts)} in all.`,
      })),
  "many enter": ({ programs }, { contacts }) =>
    programs
      .filter(({ enter }) => enter.more.count > 0 && isMany(enter.after, contacts))
      .map(({ program, enter }) => ({
        about: program,
        text: `${people(enter.after)} enter at once, of ${people(contacts)} in all.`,
      })),
  "many leave": ({ programs }) =>
    programs
      .filter(({ leave, inside }) => leave.more.count > 0 && isMany(leave.more.count, inside))
      .map(({ program, leave, inside }) => ({
        about: program,
        text: `${people(leave.more.count)} of ${people(inside)} inside leave at once because of the edit.`,
      })),
  "empty segment": ({ segments }) =>
    segments
      .filter(({ after, before }) => after === 0 && before !== 0)
      .map(({ segment }) => ({ about: segment, text: "Nobody is in it now." })),
  "everybody in segment": ({ segments }, { contacts }) =>
    segments
      .filter(({ after, before }) => contacts > 0 && after === contacts && before !== contacts)
      .map(({ segment }) => ({ about: segment, text: `Everybody is in it now: ${people(contacts)}.` })),
  "starts nobody present": (_, { present }) =>
    present
      .filter(({ people: count }) => count > 0)
      .map(({ program, people: count }) => ({
        about: program,
        text: `${people(count)} fulfil${count === 1 ? "s" : ""} its start already, and do${count === 1 ? "es" : ""} not enter: it starts those for whom that turns true later.`,
      })),
  "topic without consent": (answer, around) =>
    edited(answer, around).flatMap((program) =>
      topicsOf(program, around.next)
        .filter((topic) => around.unagreed.includes(topic))
        .map((topic) => ({
          about: program.name,
          text: `Its mails on \`${topic}\` go to nobody: the topic is opt in, and no address has agreed to it.`,
        })),
    ),
  "mail without its email": (_, { orphans }) =>
    orphans.map(({ email, mails }) => ({
      about: email,
      text: `${counted(mails, "mail that waits", "mails that wait")} to go out will fail: the plan no longer has the email.`,
    })),
};

function topicsOf({ steps }: Program, { emails }: Plan): readonly string[] {
  const named = new Set(steps.flatMap((step) => (step.kind === "send" ? [step.email] : [])));
  return [...new Set(emails.filter(({ name }) => named.has(name)).flatMap(({ topic }) => topic ?? []))];
}

/** All risks of a plan that changes something, in the order of the table. */
export function risksOf(answer: Omit<Foreseen, "risks">, around: Around): readonly Risk[] {
  if (!answer.isChanged) return [];
  return Object.entries(looks).flatMap(([risk, look]) => look(answer, around).map((found) => ({ risk, ...found })));
}
