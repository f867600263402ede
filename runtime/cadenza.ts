// The engine as a value: what `open` returns, to commands and to programs that embed it.

import type { Plan } from "../compiler/ir/plan.ts";
import type { Length } from "../compiler/ir/condition.ts";
import type { ForgetRequest, Forgotten } from "./forgotten.ts";
import type { Links } from "./mail/links.ts";
import type { BackedUp, BackupRequest, OlderDatabase } from "./backed-up.ts";
import type { Applied, ApplyRequest, ForeseenRequest } from "./applied.ts";
import type { PersonalRows } from "./preserving/exporting.ts";
import type { ConsentRequest, ConsentView, HandOff, ListChange, ListChanged, ListView } from "./kept.ts";
import type { Profile } from "./profiled.ts";
import type { Action, ActRequest, Control, ControlRequest, PersonRequest, Retried, RetryRequest } from "./operated.ts";
import type { Caller, Cell, Clock, Instant, Mailer, Random, Result } from "./ports.ts";
import type { MailPreview, PreviewRequest, SentTest, TestMail, TestMailRequest } from "./previewed.ts";
import type { Foreseen } from "./planning/foreseen.ts";
import type { Served, ServeRequest } from "./served.ts";
import type { Engagement } from "./sim/engagement.ts";
import type { ReportView } from "./report.ts";
import type { ArmsView, Aside, Snapshot, Watched } from "./snapshot.ts";
import type { Why } from "./why/answer.ts";
import type { AsTest, AsTestRequest } from "./as-test.ts";
import type { WhyEmail, WhyProgram } from "./why/course-answer.ts";

/** What an engine is opened with: a plan, the place of its state, and the doors to the world. */
export interface OpenRequest {
  readonly plan: Plan;
  /**
   * `":memory:"`, or the folder of the project's state: the database and the rejected rows lie in it. `mustExist`: a
   * missing database is a failure (F116) instead of being created.
   */
  readonly database: ":memory:" | { readonly folder: string; readonly mustExist?: boolean };
  /** Where relative paths of loads start; absent: the folder of the state. */
  readonly dataDir?: string;
  /** Absent: the machine's. */
  readonly clock?: Clock;
  /** Absent: mails stay pending. */
  readonly mailer?: Mailer;
  /** Who makes the calls of webhooks, from `callerNamed` or your own; absent: they stay pending. */
  readonly caller?: Caller;
  /** Spreads calls that are tried again; absent: the machine's chance. */
  readonly random?: Random;
  /**
   * Where Cadenza is reached, and the secret that signs the links by which people refuse mails, from `linksOf`. Absent or
   * null: mails say to whom to write instead.
   */
  readonly links?: Links | null;
  /**
   * Threads of the database, from 1; absent: one for each core. One takes the least processor time where each statement meets
   * few rows, as in a replay of some ten thousand contacts.
   */
  readonly threads?: number;
  /**
   * True: opening changes nothing of a database that is there, and nothing but `foresee` and `backup` may be asked; for a look at what
   * an edited project would do. Absent: tables are made to fit the plan.
   */
  readonly isUntouched?: boolean;
  /**
   * How much memory the database may take, as `512MB` or `2GB`; what does not fit goes to a folder beside its file.
   * Absent: four fifths of the machine's. F134 where it is no such amount.
   */
  readonly memory?: string;
  /** Told where an older Cadenza wrote the database, before it is changed: as it was, it is kept in a backup beside it. */
  readonly onOlder?: (older: OlderDatabase) => void;
}

/** What one load statement did; all numbers count rows of its files, but `unknownValues`, which counts cells. */
export interface LoadReport {
  /** The target: contact, company, an event, a list or a topic. */
  readonly name: string;
  /** As the load statement names it. */
  readonly path: string;
  readonly rows: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Rows that a later row of the same file overrode with other values. */
  readonly duplicates: number;
  /** Values that did not fit their nullable field and were loaded as unknown. */
  readonly unknownValues: number;
  /** Events that lie behind the instant of loading. */
  readonly future: number;
  /** Path of the file that names what was rejected or made unknown, and why; null where nothing was. */
  readonly rejectsFile: string | null;
}
export interface LoadRequest {
  /** Names of targets; absent: all, contacts and companies first. */
  readonly names?: readonly string[];
  /** When the rows arrive; absent: the clock's instant. */
  readonly at?: Instant;
  /** Called behind each load statement. */
  readonly onLoaded?: (report: LoadReport) => void;
}

export interface Members {
  /** Id of the segment. */
  readonly segment: string;
  /** All of them, whatever the limit. */
  readonly count: number;
  /** Keys, sorted; as many as the limit allows. */
  readonly members: readonly string[];
}

export interface SegmentView {
  /** Id of the segment. */
  readonly segment: string;
  readonly count: number;
  /** How many came in and left within the last day; null where the segment was not judged all that time. */
  readonly lastDay: { readonly entered: number; readonly left: number } | null;
  /** How many rows of contacts and events are read to judge it for everybody. */
  readonly rows: number;
}
export interface SegmentsView {
  /** As of when the stored membership holds; null: it is stored for a later instant, and all was judged anew. */
  readonly refreshedAt: Instant | null;
  /** How many contacts were looked at to bring it up to date; null: all. */
  readonly looked: number | null;
  /** In the order of the plan: what is read by others comes before them. */
  readonly segments: readonly SegmentView[];
}

export interface ContactView {
  readonly key: string;
  /** By name; unknown is null, datetimes are ISO 8601 in UTC, dates yyyy-mm-dd, decimals text, lists arrays. */
  readonly fields: Readonly<Record<string, Cell>>;
  /** Points by the name of the score. */
  readonly scores: Readonly<Record<string, number>>;
  /** The stage by the name of the funnel; null where none holds. */
  readonly stages: Readonly<Record<string, string | null>>;
  /** The derived fields at that instant, in the same form. */
  readonly derived: Readonly<Record<string, Cell>>;
  /** Ids of the plan's segments that the person is in. */
  readonly segments: readonly string[];
  /** By their start. */
  readonly enrollments: readonly {
    readonly program: string;
    readonly startedAt: Instant;
    readonly leftAt: Instant | null;
    /** Why the person left, such as `finished`, `exit` or `goal`; null while inside. */
    readonly reason: string | null;
    /** Id of the step where the person is; null where they left. */
    readonly step: string | null;
  }[];
}

export interface TickReport {
  readonly at: Instant;
  /** How often steps were taken until nothing was due at this instant. */
  readonly rounds: number;
  /** Mails handed over behind the tick. */
  readonly sent: number;
}

export interface RunRequest {
  /** Absent: the one that the engine was opened with. */
  readonly clock?: Clock;
  /** Absent: one minute. */
  readonly every?: Length;
  /** The last instant that is judged; absent: until `signal` aborts. */
  readonly until?: Instant;
  /** True: one tick, then the run ends. */
  readonly isOnce?: boolean;
  /** True on a clock that jumps: instants at which nothing can change are passed over. */
  readonly isReplay?: boolean;
  /** Ends the run behind the tick in hand. */
  readonly signal?: AbortSignal;
  /** True: marketing mails go out though too many people complained about mails of the last days. Else they wait. */
  readonly isDespiteComplaints?: boolean;
  /** Says what becomes of mails and what people do with them, for replays on sample data. */
  readonly engagement?: Engagement;
  readonly onTick?: (report: TickReport) => Promise<void> | void;
  /** Told of each report that ran by its schedule. */
  readonly onReport?: (run: ReportRun) => void;
}
export interface ReportRun {
  readonly report: string;
  /** The moment of its schedule. */
  readonly at: Instant;
  /** The file that it was written to, beside the same as .csv; null where no state is kept in a folder, or it could not be. */
  readonly path: string | null;
  /** What of it went wrong; null where nothing did. */
  readonly fault: string | null;
}
export interface RunReport {
  /** True where the plan that runs is not the one that was opened: it was changed and not applied. */
  readonly isBehind: boolean;
  readonly ticks: number;
  /** The last instant that was judged. */
  readonly at: Instant;
}

/** A table to be shown: every row has as many cells as the head. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * An open engine. What the world does wrong comes back as `{ ok: false, failure }`, with a code, a sentence, and what to
 * do about it; only a mistake of ours is thrown.
 */
export interface Cadenza {
  /** The plan that it was opened with, which `apply` makes live. */
  readonly plan: Plan;
  /**
   * Runs load statements, each in a transaction of its own. Stops at the first failure; what was loaded stays.
   * F117 where no load statement has one of the names, F101 and F14x to F15x where a file cannot be read as it says.
   */
  load(request?: LoadRequest): Promise<Result<readonly LoadReport[]>>;
  /**
   * Who is in a segment of the plan at an instant (absent: the clock's). The segment is named by its id: `Customers`, or
   * `Quiet(60d)` where the project uses it with these arguments. `limit`: how many keys at most; `count` counts all.
   *
   * The membership of all segments is stored and brought up to the instant first, which judges only those who can have
   * changed since. For an instant before that of the stored one, the segment is judged anew and nothing is stored.
   * F117 where there is no such segment.
   */
  evaluate(
    segment: string,
    request?: {
      readonly at?: Instant;
      readonly limit?: number;
      /** True: nothing is stored, for a segment that the project itself does not use. */
      readonly isApart?: boolean;
    },
  ): Promise<Result<Members>>;
  /** All segments of the plan at an instant (absent: the clock's), with their sizes. */
  segments(at?: Instant): Promise<Result<SegmentsView>>;
  /** How the arms of a program do; F117 where there is no such program. */
  arms(program: string, at?: Instant): Promise<Result<readonly ArmsView[]>>;
  /** All that is known of one contact; F118 where there is none. */
  contact(key: string, at?: Instant): Promise<Result<ContactView>>;
  /** Every row that is kept of one contact, for the person to have; F118 where there is none. */
  export(key: string): Promise<Result<PersonalRows>>;
  /**
   * Writes all that is in the database into a file, as of one instant, while everything else goes on. F506 where the file is there,
   * F119 or F125 where it cannot be written.
   */
  backup(request: BackupRequest): Promise<Result<BackedUp>>;
  /**
   * Forgets a person as `forget` does, at the next quiet moment of a run: everything else waits while the database is written anew. Fails
   * as that does.
   */
  forget(request: ForgetRequest): Promise<Result<Forgotten>>;
  /** Which fields, events, lists and topics are filled, how well, and how old that is. */
  profile(at?: Instant): Promise<Result<Profile>>;
  /**
   * Puts contacts into a list or takes them out: all of them or, where one is unknown, none (F171). F117 where the project
   * has no such list.
   */
  keepList(change: ListChange): Promise<Result<ListChanged>>;
  /** Who is in a list at an instant, since when and from where; F117 where there is no such list. */
  list(name: string, at?: Instant): Promise<Result<ListView>>;
  /** Records that an address agrees to a topic or refuses it. F117, F118 for an unknown topic or contact, F173 without an address. */
  consent(request: ConsentRequest): Promise<Result<ConsentView>>;
  /** Hand-offs, the oldest first: those that are open, or all. */
  handOffs(request?: { readonly isAll?: boolean }): Promise<Result<readonly HandOff[]>>;
  /** Says that a hand-off is done; one that was done before stays as it was. F174 where there is no such one. */
  closeHandOff(request: { readonly id: string; readonly by: string; readonly at?: Instant }): Promise<Result<HandOff>>;
  /**
   * Why a person is in a segment of the plan at an instant (absent: the clock's), or not: every part of its condition with
   * what decided it, what would turn it, and when time alone will. F117 where there is no such segment, F118 where there is no such contact.
   */
  why(key: string, segment: string, at?: Instant): Promise<Result<Why>>;
  /**
   * Why a person is in a program of the live plan, or is not: which starts happened and which did not, where she stands, what she waits
   * for, and what comes next. What was written down is told as of the last tick; conditions are judged at the instant. F117 and
   * F118 as for `why`.
   */
  whyProgram(key: string, program: string, at?: Instant): Promise<Result<WhyProgram>>;
  /** Whether a person was sent an email of the live plan, and what became of it or what held it back. Fails as `whyProgram` does. */
  whyEmail(key: string, email: string, at?: Instant): Promise<Result<WhyEmail>>;
  /**
   * A person's history as a `test` block that passes with the sources given, tried out and with as few facts as do. F117 and F118 as
   * for `whyProgram`, F501 where no test brings about the same, F502 where nothing is applied.
   */
  asTest(request: AsTestRequest): Promise<Result<AsTest>>;
  /**
   * A mail of the plan as one contact would get it now. F117 and F118 where there is no such email, variant or contact, F413
   * where the contact has no address, F303 to F307 where the mail cannot be filled in for them.
   */
  preview(request: PreviewRequest): Promise<Result<MailPreview>>;
  /**
   * Sends that mail to another address, with the mailer that the engine was opened with. It is not recorded as sent to the
   * contact. Fails as `preview` does, with F414 or F416 where nobody can be mailed there, and with F415 where the mailer did not take it.
   */
  sendTest(request: TestMailRequest): Promise<Result<SentTest>>;
  /** The same mail, written and not sent. Fails as `sendTest` does, but for F415. */
  writeTest(request: TestMailRequest): Promise<Result<TestMail>>;
  /**
   * What `apply` and the first tick behind it would do at an instant (absent: the clock's), found out by doing both in a
   * transaction that is rolled back, beside what the plan that is live would do. F401 where a later instant was ticked.
   */
  foresee(request?: ForeseenRequest): Promise<Result<Foreseen>>;
  /**
   * The same, and the text of a file by which `apply` holds to what was foreseen. It names nobody: people are digests in
   * it. F428 where `apply` would refuse.
   */
  savePlan(request?: ForeseenRequest): Promise<Result<{ readonly foreseen: Foreseen; readonly text: string }>>;
  /**
   * Makes the plan live at an instant. Applying what is live changes nothing. F402 and F403 where people are at a step
   * or in a program that the plan no longer has, F405 and F406 where it renames what it cannot. With a saved plan F420 to F427 where it is
   * damaged, of something else, or applied already, where the sources or what is live moved since, and where the edit would now
   * mail or move anybody whom it did not show; F526 where another version than the one `seen` is live, F527 while somebody else applies. An
   * engine that runs goes on with it from its next tick.
   */
  apply(at?: Instant, request?: ApplyRequest): Promise<Result<Applied>>;
  /**
   * Takes in facts, moves everybody who is due, and hands over what they are to be mailed, by the plan that is live; where
   * none is, this one is applied first. F401 where a later instant was ticked before, F404 where no mail can be sent.
   */
  tick(at?: Instant): Promise<Result<TickReport>>;
  /** Ticks every so often until it is told to stop. Fails as `tick` does. */
  run(request?: RunRequest): Promise<Result<RunReport>>;
  /**
   * Nobody in a program moves or is mailed, waits run on; gives its name, or those of `all`, for which a file beside the
   * database stops everything at once. F117 where there is no such program, F523 where that file cannot be written.
   */
  pause(program: string, request?: ActRequest): Promise<Result<readonly string[]>>;
  /** It goes on with the next tick, and tries again what stopped it. F117 as for `pause`, F525 for one program while all are stopped. */
  resume(program: string, request?: ActRequest): Promise<Result<readonly string[]>>;
  /** Tries again at once what failed for reasons that pass. F117 as for `pause`. */
  retry(request?: RetryRequest): Promise<Result<Retried>>;
  /**
   * Starts a person in a program with the next tick, as `continue in` does; ejecting is an exit. F117 and F118 where
   * there is no such program or contact, F520 where it is paused, F521 and F522 where the person is in it already, or is not.
   */
  enroll(request: PersonRequest): Promise<Result<void>>;
  eject(request: PersonRequest): Promise<Result<void>>;
  /** What was done by hand, by whom and when, the newest first. */
  actions(): Promise<Result<readonly Action[]>>;
  /** What a person watching would see; `at` absent: the last tick, before the first the clock's instant. */
  snapshot(at?: Instant): Promise<Result<Snapshot>>;
  /**
   * Tells of all that somebody watching sees, now and whenever it has changed, up to four times a second and never so often that it
   * takes more than a thirtieth of the engine's time; the result ends that.
   */
  watch(watcher: (seen: Watched) => void): () => void;
  /**
   * What the reports of the plan say at an instant (absent: the clock's): one of them, or all; where the project declares none, one
   * about all programs. F117 where there is no such report.
   */
  reports(name?: string, at?: Instant): Promise<Result<readonly ReportView[]>>;
  /** What came in over HTTP, could not be taken in, and is kept; the most frequent first. */
  aside(): Promise<Result<readonly Aside[]>>;
  /** Per program how many entered, were mailed and reached the goal, in all and by month. */
  funnels(): Promise<Result<readonly Table[]>>;
  /**
   * Serves the pages on which people unsubscribe and choose what they get, and takes webhooks, on this machine alone unless a host is named. To be
   * closed before the engine. F450 where the port cannot be had, F451 where the engine was opened without links.
   */
  serve(request: ServeRequest): Promise<Result<Served>>;
  /**
   * Answers other processes over a socket in the folder of the state, which `connect` finds. To be closed before the
   * engine. F480 to F482 and F487 where the socket cannot be had.
   */
  serveControl(request: ControlRequest): Promise<Result<Control>>;
  /** Lets go of the database; nothing may be asked of the engine behind it. */
  close(): Promise<void>;
}
