// Where commands have their tables from.

export { table } from "../index.ts";
