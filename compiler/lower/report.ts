// A checked report to its IR.

import type { CheckedDimension, CheckedMeasure, CheckedReport } from "../checked-delivery.ts";
import type { Report, ReportDimension, ReportMeasure } from "../ir/report.ts";
import { Bug } from "../../grammar/unreachable.ts";
import { operandTerm, type Room } from "./condition.ts";
import type { Segments } from "./segments.ts";

export function lowerReport({ require, derived }: Segments, checked: CheckedReport): Report {
  const room: Room = { bindings: new Map(), scope: "all", salt: `report ${checked.name}`, segment: require, derived };
  return {
    ...checked,
    measures: checked.measures.map((measure) => lowerMeasure(room, measure)),
    by: checked.by.map((dimension) => lowerDimension(room, dimension)),
  };
}

function lowerMeasure(room: Room, measure: CheckedMeasure): ReportMeasure {
  if (measure.kind !== "sum") {
    const { kind, name } = measure;
    return { kind, name: kind === "rate" ? `${name} rate` : name };
  }
  const term = operandTerm(room, measure.operand);
  if (term.kind !== "aggregate") throw new Bug("a sum in a report is an aggregate");
  const name = `sum of ${term.event}.${term.property ?? ""}`;
  return { kind: "sum", name, term: { ...term, scope: "enrollment" } };
}

function lowerDimension(room: Room, dimension: CheckedDimension): ReportDimension {
  if (dimension.kind !== "field") return { kind: dimension.kind, name: dimension.kind };
  const { operand } = dimension;
  return { kind: "field", name: operand.name, term: operandTerm(room, operand) };
}
