// One check of the doctor, and the ways in which it can come out.

export interface Check {
  /** For machines; never changes its meaning. */
  readonly check: string;
  readonly group: Group;
  /** `unchecked`: it could not be made. */
  readonly verdict: "ok" | "warning" | "problem" | "unchecked";
  readonly text: string;
  /** What to do; null: nothing. */
  readonly help: string | null;
}

export const groups = ["Set-up", "Engine", "Settings", "Mailgun", "DNS"] as const;
export type Group = (typeof groups)[number];

export interface Found {
  readonly verdict: Check["verdict"];
  readonly text: string;
  readonly help: string | null;
}

export const fine = (text: string): Found => ({ verdict: "ok", text, help: null });
export const warning = (text: string, help: string): Found => ({ verdict: "warning", text, help });
export const problem = (text: string, help: string): Found => ({ verdict: "problem", text, help });
export const unchecked = (text: string, help: string | null = null): Found => ({ verdict: "unchecked", text, help });

export const checked =
  (group: Group) =>
  (check: string, found: Found): Check => ({ check, group, ...found });
