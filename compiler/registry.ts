// Remembers which names are taken, space by space, whatever their letter case.

import type { Declared } from "../grammar/ast/declaration.ts";
import type { Name } from "../grammar/ast/expr.ts";
import { diagnose } from "../grammar/diagnostics/table.ts";
import type { Span } from "../grammar/span.ts";
import type { Report } from "./scope.ts";

export interface Taken {
  readonly name: string;
  /** Such as `the segment`. */
  readonly what: string;
  /** null: built in. */
  readonly span: Span | null;
}

export class Registry {
  private readonly spaces = new Map<string, Map<string, Taken>>();
  private readonly report: Report;

  constructor(report: Report) {
    this.report = report;
  }

  /** Takes a name in a space; false where it was taken already, which is reported unless the declaration is damaged. */
  take(space: string, taken: Taken, isRecovered = false): boolean {
    const { name, span } = taken;
    const names = this.spaces.get(space) ?? new Map<string, Taken>();
    this.spaces.set(space, names);
    const earlier = names.get(name.toLowerCase());
    if (!earlier) {
      names.set(name.toLowerCase(), taken);
      return true;
    }
    if (span && !isRecovered) {
      const related = earlier.span ? [{ span: earlier.span, text: "declared here" }] : [];
      this.report(diagnose("E221", span, { name, other: `${earlier.what} \`${earlier.name}\`` }, { related }));
    }
    return false;
  }

  /** Takes the names of all nodes, and gives those that were free. */
  map<N extends Declared & { readonly name: Name }>(
    space: string,
    what: string,
    nodes: readonly N[],
  ): ReadonlyMap<string, N> {
    const free = nodes.filter(({ name, recovered }) =>
      this.take(space, { name: name.text, what, span: name.span }, recovered),
    );
    return new Map(free.map((node) => [node.name.text, node]));
  }
}
