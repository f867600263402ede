// Numbers with marks between thousands, or with a comma before decimals.

/** How `1,000`, `1.000,50` or `9,99` can be read, as this language writes numbers; the likelier reading first. */
export function plainReadings(text: string): readonly string[] {
  const marks = [...text].filter((character) => character === "," || character === ".");
  const last = marks.at(-1) ?? "";
  const isMixed = new Set(marks).size > 1;
  const digits = text.replace(/[.,]/g, "");
  const place = text.lastIndexOf(last);
  const decimal = `${text.slice(0, place).replace(/[.,]/g, "")}.${text.slice(place + 1)}`;
  if (isMixed) return [decimal];
  if (!/^-?\d{1,3}([.,]\d{3})+$/.test(text)) return [decimal];
  return marks.length > 1 ? [digits] : [digits, plainDecimal(decimal)];
}

/** `1.500` without what makes it look like thousands. */
function plainDecimal(decimal: string): string {
  const short = decimal.replace(/\.?0+$/, "");
  return /\.\d{3}$/.test(short) ? `${short}0` : short;
}
