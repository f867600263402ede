// Random `contains` and `matches`, each with what it means for a text or a list.

import type { Field } from "../../compiler/ir/catalog.ts";
import type { Scalar } from "../../compiler/types.ts";
import { type Draw, drawEnd } from "./source-moments.ts";
import { fold, globs, isFound, isLikeGlob, itemsOf, patterns, pieces } from "./text-reference.ts";
import type { Value } from "./world.ts";

interface Drawn {
  readonly text: string;
  readonly check: (get: (name: string) => Value) => boolean;
}

const contains = ["contains", "contains any of", "contains all of"] as const;
export const textForms = [...contains, "matches", "matches regex"] as const;

const quoted = (text: string) => JSON.stringify(text);

function several(form: (typeof contains)[number], texts: readonly string[]): string {
  return form === "contains" ? `contains ${texts[0]}` : `${form} (${texts.join(", ")})`;
}

/** `others`: fields of the same type. */
export function drawTextCheck(
  { dice }: Draw,
  { field, others }: { readonly field: Field; readonly others: readonly Field[] },
  form: (typeof textForms)[number],
): Drawn {
  const isExact = field.type.scalar.kind === "text" && field.type.scalar.isExact;
  const formOf = (text: string) => (isExact ? text : fold(text));
  const own = (test: (text: string) => boolean): Drawn["check"] => {
    return (get) => {
      const value = get(field.name);
      return typeof value === "string" && test(value);
    };
  };
  if (form === "matches") {
    const glob = dice.pick(globs);
    return { text: `matches ${quoted(glob)}`, check: own((text) => isLikeGlob(formOf(text), formOf(glob))) };
  }
  if (form === "matches regex") {
    const pattern = dice.pick(patterns);
    const by = isExact ? "exact" : "text";
    return { text: `matches regex ${quoted(pattern)}`, check: own((text) => isFound(text, pattern, by)) };
  }
  const wanted = dice.times(form === "contains" ? 1 : 1 + dice.below(3), () => {
    const other = others.length > 0 && dice.chance(15) ? dice.pick(others) : null;
    const piece = dice.pick(pieces);
    return other
      ? { text: `field ${other.name}`, of: (get: (name: string) => Value) => get(other.name) }
      : { text: quoted(piece), of: (): Value => piece };
  });
  return {
    text: several(
      form,
      wanted.map(({ text }) => text),
    ),
    check(get) {
      const value = get(field.name);
      if (typeof value !== "string") return false;
      const found = wanted.map(({ of }) => {
        const piece = of(get);
        return piece !== null && formOf(value).includes(formOf(String(piece)));
      });
      return form === "contains any of" ? found.includes(true) : !found.includes(false);
    },
  };
}

type Item = string | number;

/** `literal`: a value of the list's type. */
export function drawListCheck(
  draw: Draw,
  field: Field,
  literal: (scalar: Scalar) => { readonly text: string; readonly value: Value },
): Drawn {
  const { dice } = draw;
  const { scalar } = field.type;
  const form = dice.pick(contains);
  draw.note(`list ${form}`);
  const isFolded = scalar.kind === "text" && !scalar.isExact;
  const wanted = dice.times(form === "contains" ? 1 : 1 + dice.below(3), () => {
    if (scalar.kind !== "date" && scalar.kind !== "datetime") {
      const { text, value } = literal(scalar);
      const formOf = (item: Value) => (isFolded ? fold(String(item)) : item);
      return { text, is: (item: Item) => formOf(item) === formOf(value) };
    }
    const point = drawEnd(draw);
    const is = (item: Item) => {
      if (typeof item === "string") return item === point.startDay;
      return point.end === null ? item === point.start : item >= point.start && item < point.end;
    };
    return { text: point.text, is };
  });
  return {
    text: several(
      form,
      wanted.map(({ text }) => text),
    ),
    check(get) {
      const items = itemsOf(get(field.name), scalar);
      const found = wanted.map(({ is }) => items.some(is));
      return form === "contains any of" ? found.includes(true) : !found.includes(false);
    },
  };
}
