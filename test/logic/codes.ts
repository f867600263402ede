import type { Diagnostic } from "../../grammar/diagnostics/entry.ts";
import { logic } from "../../grammar/diagnostics/logic.ts";

/** Whether a finding is one of the logic of conditions. */
export const isLogic = ({ code }: Diagnostic): boolean => code in logic;
