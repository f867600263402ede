// Answers about programs and emails as other tools read them: every instant as ISO 8601 in UTC.

import type { WhyEmail, WhyMail, WhyPlace, WhyProgram, WhyQuestion, WhyStay } from "./course-answer.ts";
import { iso, partJson } from "./json.ts";

export function whyProgramJson(why: WhyProgram): object {
  const { at, paused, stays, refused, questions, ...rest } = why;
  return {
    ...rest,
    now: iso(at),
    paused: paused && { ...paused, since: iso(paused.since) },
    stays: stays.map(stayJson),
    refused: refused.map((one) => ({ ...one, at: iso(one.at) })),
    questions: questions.map(questionJson),
  };
}

export function whyEmailJson(why: WhyEmail): object {
  const { at, mails, skips, ...rest } = why;
  return {
    ...rest,
    now: iso(at),
    mails: mails.map(mailJson),
    skips: skips.map((skip) => ({ ...skip, at: iso(skip.at), until: iso(skip.until) })),
  };
}

const stayJson = (stay: WhyStay): object => ({
  ...stay,
  startedAt: iso(stay.startedAt),
  leftAt: iso(stay.leftAt),
  goalAt: iso(stay.goalAt),
  moves: stay.moves.map((move) => ({ ...move, at: iso(move.at) })),
  place: stay.place && placeJson(stay.place),
  questions: stay.questions.map(questionJson),
});

const placeJson = (place: WhyPlace): object => ({
  ...place,
  due: iso(place.due),
  question: place.question && questionJson(place.question),
  next: place.next.map((next) => ({ ...next, at: iso(next.at) })),
});

const mailJson = (mail: WhyMail): object => ({
  ...mail,
  plannedAt: iso(mail.plannedAt),
  settledAt: iso(mail.settledAt),
  notBefore: iso(mail.notBefore),
  happened: mail.happened.map((one) => ({ ...one, at: iso(one.at) })),
  questions: mail.questions.map(questionJson),
});

const questionJson = (question: WhyQuestion): object => ({
  ...question,
  at: iso(question.at),
  tree: question.tree && partJson(question.tree),
});
