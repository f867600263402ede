/** Closes a switch over a union: a new kind fails to compile where this is called. */
export function unreachable(value: never): never {
  throw new Bug(`unexpected ${JSON.stringify(value)}`);
}

/** A mistake of ours, never of a user. */
export class Bug extends Error {
  override readonly name = "Bug";
}
