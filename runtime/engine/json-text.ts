// JSON that every database takes.

/** Halves of letters, which JSON.stringify writes as they are, are no text to a database; they become marks of what is lost. */
export const jsonText = (value: unknown): string =>
  (JSON.stringify(value) ?? "null").replace(/(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, "$1\ufffd");
