// What one file can have.

/** The most bytes of a file. */
export const maxBytes = 1_048_576;
/** The most mistakes that are reported in a file. */
export const maxMistakes = 50;
