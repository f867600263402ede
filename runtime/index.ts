// The public interface: what `import … from "cadenza"` gives, and all that the commands use.

export type { Plan } from "../compiler/ir/plan.ts";
export type { Program } from "../compiler/ir/program.ts";
export type { Diagnostic } from "../grammar/diagnostics/entry.ts";
export { renderCompact, renderPretty } from "../grammar/render.ts";
export type { SourceFile } from "../grammar/span.ts";
export { type Attached, type AttachRequest, attach } from "./attached.ts";
export { type AskedSegment, askedSegment } from "./asked-segment.ts";
export type {
  Cadenza,
  ContactView,
  LoadReport,
  LoadRequest,
  Members,
  OpenRequest,
  ReportRun,
  RunReport,
  RunRequest,
  SegmentsView,
  SegmentView,
  Table,
  TickReport,
} from "./cadenza.ts";
export type { Applied, ApplyRequest, ForeseenRequest } from "./applied.ts";
export type { ConsentView, HandOff, ListChange, ListChanged, ListView } from "./kept.ts";
export type { BackedUp, BackupRequest, OlderDatabase } from "./backed-up.ts";
export { callerNamed } from "./caller-named.ts";
export { type CodePage, codeFamilies, codePageOf } from "./sources/code-pages.ts";
export { doctor, type DoctorRequest } from "./doctoring.ts";
export type { Check } from "./doctor/check.ts";
export { countOf, renderChecks } from "./doctor/text.ts";
export { dictionaryPages } from "./docs/pages.ts";
export { countFixes, type FixCount, type FixQuestions, fixQuestions, withCounts } from "./sources/fix-counts.ts";
export { Failed, failure, systemReason } from "./failures/failures.ts";
export { type Findings, isFailing, isUnread } from "./findings/findings.ts";
export type { FixedFinding, FixLevel } from "./findings/fix.ts";
export { chosen, formatNames, type Output, parseFailLevel, parseOutputs, renderAs } from "./findings/formats.ts";
export { jsonFindings, renderJson } from "./findings/json.ts";
export { fixProject } from "./sources/fix-project.ts";
export type { PersonalRows } from "./preserving/exporting.ts";
export { type Restored, restore } from "./preserving/restoring.ts";
export { forget } from "./preserving/forgetting.ts";
export type { Forgotten, ForgetRequest } from "./forgotten.ts";
export { formatSource } from "./sources/format-source.ts";
export { parseEvery, parseInstant } from "./instants.ts";
export { type Links, linksOf, type LinkSettings } from "./mail/links.ts";
export { type Refusal, readToken, unsubscribeToken } from "./mail/unsubscribe.ts";
export { mailerNamed } from "./mailer-named.ts";
export { stopEverything } from "./kill-switch.ts";
export { open } from "./open.ts";
export type {
  Category,
  Foreseen,
  Held,
  How,
  MailEffect,
  Moved,
  People,
  PlannedChange,
  ProgramEffect,
  SegmentMoves,
  StepPeople,
} from "./planning/foreseen.ts";
export type {
  Action,
  ActRequest,
  Control,
  ControlRequest,
  PersonRequest,
  Retried,
  RetryRequest,
} from "./operated.ts";
export type {
  Call,
  Caller,
  CallOutcome,
  Clock,
  Failure,
  Instant,
  Mailer,
  Message,
  Random,
  Result,
  SendOutcome,
} from "./ports.ts";
export type { MailPreview, PreviewRequest, SentTest, TestMail, TestMailRequest } from "./previewed.ts";
export type { Profile } from "./profiled.ts";
export { printable } from "./printable.ts";
export { emptyProject, pathInProject, type ProjectFolder, readProject, withFile } from "./sources/project.ts";
export {
  type CompiledProject,
  compileProject,
  compileSources as compile,
  programNamed,
  type ShownSql,
  segmentSql,
} from "./sources/project-plan.ts";
export { type ProjectDictionary, projectDictionary } from "./sources/project-dictionary.ts";
export type {
  Lift,
  ReportCell,
  ReportMeasureView,
  ReportOfProgram,
  ReportRow,
  ReportView,
} from "./report.ts";
export { renderReport, reportCsv } from "./reports/text.ts";
export { type ConnectRequest, connect } from "./remote.ts";
export type { Served, ServeRequest } from "./served.ts";
export { parseEngagement, usualEngagement } from "./sim/engagement-file.ts";
export type { Engagement, Rates } from "./sim/engagement.ts";
export { type VirtualClock, virtualClock } from "./sim/virtual-clock.ts";
export type { Simulation } from "./simulation/simulated.ts";
export { simulate, type SimulationRequest } from "./simulation/simulation.ts";
export { renderSimulation } from "./simulation/simulation-page.ts";
export { engagementTable, simulationJson, simulationTables } from "./simulation/simulation-report.ts";
export type { ArmsView, Aside, Remedy, Snapshot, TickEntry, Watched } from "./snapshot.ts";
export { type Deed, ownStation, type Station, type StationNews } from "./station.ts";
export { statementsOf } from "./statements-of.ts";
export { systemClock } from "./system-clock.ts";
export {
  type CoverageSummary,
  countTests,
  coverageSummary,
  renderJunit,
  renderTests,
  renderTestsJson,
} from "./sources/test-report.ts";
export {
  compileProjectTests,
  runTests,
  type TestedProject,
  type TestReport,
  type TestResult,
  type TestRunRequest,
  testsNamed,
} from "./sources/testing.ts";
export { table } from "./table.ts";
export { unifiedDiff } from "./sources/unified-diff.ts";
export type { Why, WhyChange, WhyFact, WhyFlip, WhyNext, WhyPart } from "./why/answer.ts";
export type {
  WhyEmail,
  WhyMail,
  WhyMove,
  WhyNextStep,
  WhyPlace,
  WhyProgram,
  WhyQuestion,
  WhyRefused,
  WhySender,
  WhySkip,
  WhyStay,
} from "./why/course-answer.ts";
export { whyEmailJson, whyProgramJson } from "./why/course-json.ts";
export { whyJson } from "./why/json.ts";
export { renderWhyEmail, renderWhyProgram } from "./why/render-course.ts";
export type { AsTest, AsTestRequest } from "./as-test.ts";
export { type AskedWhy, askedWhy } from "./asked-why.ts";
export { renderWhy } from "./why/render.ts";
