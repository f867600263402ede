// Texts as names.

/** `Big Spenders` as a name: `Big_Spenders`; null where it has letters that no name can have. */
export function nameFrom(text: string): string | null {
  const name = text
    .replace(/^"|"$/g, "")
    .trim()
    .replace(/[\s-]+/g, "_");
  return /^[A-Za-z_]\w*$/.test(name) ? name : null;
}

const plainLetters: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ä: "ae",
    ö: "oe",
    ü: "ue",
    ß: "ss",
    æ: "ae",
    œ: "oe",
    ø: "oe",
    å: "aa",
    ł: "l",
    đ: "d",
    ð: "d",
    þ: "th",
    ı: "i",
  }),
);

/** `größe` as `groesse`, `prénom` as `prenom`; null where letters are left that no name can have. */
export function inPlainLetters(word: string): string | null {
  const letters = [...word.normalize("NFC")].map((letter) => {
    const plain = plainLetters.get(letter.toLowerCase());
    if (plain === undefined) return letter.normalize("NFD").replace(/\p{M}/gu, "");
    return letter === letter.toLowerCase() ? plain : plain.charAt(0).toUpperCase() + plain.slice(1);
  });
  const name = letters.join("");
  return /^[A-Za-z_]\w*$/.test(name) ? name : null;
}
