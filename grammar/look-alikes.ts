// Letters of other alphabets that nobody can tell from Latin ones by looking.

const alike: ReadonlyMap<string, string> = new Map(
  [
    ["АВЕЅІЈКМНОРСТУХЬаеѕіјорсухһԁԛԝ", "ABESIJKMHOPCTYXbaesijopcyxhdqw"],
    ["ΑΒΕΖΗΙΚΜΝΟΡΤΥΧνορ", "ABEZHIKMNOPTYXvop"],
  ].flatMap(([foreign = "", latin = ""]) => [...foreign].map((letter, index) => [letter, latin[index] ?? ""] as const)),
);

/** Any letter of them. */
export const looksLatin = new RegExp(`[${[...alike.keys()].join("")}]`, "u");

/** The word in Latin letters, if it has foreign ones and all of them look like these; else null. */
export function inLatinLetters(word: string): string | null {
  const latin = [...word.normalize("NFKC")].map((letter) => alike.get(letter) ?? letter).join("");
  return latin !== word && /^[A-Za-z_]\w*$/.test(latin) ? latin : null;
}

/** The foreign letters of a word with their codes: `С (U+0421)`. */
export function foreignLetters(word: string): string {
  const letters = new Set([...word].filter((letter) => !/^\w$/.test(letter)));
  return [...letters].map((letter) => `${letter} (U+${codeOf(letter)})`).join(", ");
}

const codeOf = (letter: string): string => (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
