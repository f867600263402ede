// Texts as names.

/** `Big Spenders` as a name: `Big_Spenders`; null where it has letters that no name can have. */
export function nameFrom(text: string): string | null {
  const name = text
    .replace(/^"|"$/g, "")
    .trim()
    .replace(/[\s-]+/g, "_");
  return /^[A-Za-z_]\w*$/.test(name) ? name : null;
}
