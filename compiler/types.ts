// The types of the language, after checking.

export type Scalar =
  | { readonly kind: "text"; readonly isExact: boolean }
  | { readonly kind: "money"; readonly currency: string }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | {
      readonly kind:
        | "number"
        | "percent"
        | "date"
        | "datetime"
        | "timezone"
        | "country"
        | "email"
        | "url"
        | "boolean"
        | "duration";
    };

export interface Type {
  readonly scalar: Scalar;
  readonly isList: boolean;
  /** `?`: may be unknown. A list without a row is unknown too, never an empty list. */
  readonly isNullable: boolean;
}

const ordered: ReadonlySet<Scalar["kind"]> = new Set([
  "number",
  "money",
  "percent",
  "date",
  "datetime",
  "duration",
  "text",
  "email",
  "url",
]);

/** Whether one value can lie above another. */
export const isOrdered = ({ kind }: Scalar): boolean => ordered.has(kind);

const quoted: ReadonlySet<string> = new Set(["email", "url", "timezone"]);

/** Whether values are compared without letter case and outer space, as all is that is written in quotes. */
export const isFolded = ({ scalar }: Type): boolean =>
  scalar.kind === "text" ? !scalar.isExact : quoted.has(scalar.kind);
