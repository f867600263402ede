// Words that every object of JavaScript knows are plain names here, wherever they stand.

import { expect, test } from "vitest";
import { judged } from "../fuzz/judge.ts";

const places = [
  (word: string) => `segment A where role ${word} 3`,
  (word: string) => `segment A where ${word} = 3`,
  (word: string) => `segment A where seats = 3${word}`,
  (word: string) => `segment A where not ${word} in 3${word}`,
  (word: string) => `segment A where ${word}(seats) > 3`,
  (word: string) => `email e < subject "Hi *|${word}|*"  body ${word} >`,
  (word: string) => `email e < subject "Hi {{ ${word} }} {{ seats | ${word} }}"  text "{% ${word} %}"  topic ${word} >`,
  (word: string) => `program p < ${word} send ${word} wait 3 ${word} if ${word} then < > set ${word} = ${word} >`,
  (word: string) => `test "t" < given ${word} < ${word} = ${word} > when ${word} ${word} expect ${word} in ${word} >`,
  (word: string) => `report r < show ${word} by ${word} > # allow ${word} because ${word}`,
  (word: string) => `event ${word} < ${word} text >\nsegment B where ${word} where (${word} = "x")`,
  (word: string) => `${word} ${word} < ${word} >`,
];

test.each(["constructor", "toString", "valueOf", "hasOwnProperty", "__proto__", "prototype"])("%s", (word) => {
  for (const place of places) expect(judged(place(word)), place(word)).toBeNull();
});
