// The engine's own tables. No id is generated: each is a hash of what it names, so that the same input writes the same rows.

/**
 * DDL of every table that only the engine writes. Running it twice changes nothing.
 *
 * The journal is the truth: `positions`, `outbox` and the end of an enrollment are what its rows say, kept for speed.
 */
export const engineTables: readonly string[] = [
  // Every plan that was made live, the newest last.
  `CREATE TABLE IF NOT EXISTS applied (
    version INTEGER PRIMARY KEY,
    "at" TIMESTAMP NOT NULL,
    hash VARCHAR NOT NULL,
    plan VARCHAR NOT NULL
  )`,

  // What the mails of these plans carry, in base64. `digest`: SHA-256 of it, in hexadecimal.
  `CREATE TABLE IF NOT EXISTS attachment (
    digest VARCHAR PRIMARY KEY,
    content VARCHAR NOT NULL
  )`,

  // One row. `last_batch` is the newest batch of events that a tick has seen; `epoch` counts the processes that delivered.
  `CREATE TABLE IF NOT EXISTS engine_state (
    only_row INTEGER PRIMARY KEY,
    last_tick TIMESTAMP,
    last_batch BIGINT NOT NULL,
    ticks BIGINT NOT NULL,
    epoch BIGINT NOT NULL
  )`,

  // What was asked for by hand and no tick has done yet: to enroll or to eject somebody.
  `CREATE TABLE IF NOT EXISTS request (
    kind VARCHAR NOT NULL,
    program VARCHAR NOT NULL,
    contact_id VARCHAR NOT NULL,
    PRIMARY KEY (kind, program, contact_id)
  )`,

  // Programs in which nobody enters, moves or is mailed for now.
  `CREATE TABLE IF NOT EXISTS paused (
    program VARCHAR PRIMARY KEY,
    "at" TIMESTAMP NOT NULL
  )`,

  // Databases of a Cadenza whose programs did not stop by themselves lack the column. NULL: somebody paused it.
  "ALTER TABLE paused ADD COLUMN IF NOT EXISTS reason VARCHAR",

  // Append-only. What people did by hand, and who. `program` NULL: to all of them; `contact_id` NULL: to nobody in particular.
  `CREATE TABLE IF NOT EXISTS action (
    kind VARCHAR NOT NULL,
    program VARCHAR,
    contact_id VARCHAR,
    acted_by VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL
  )`,

  // What a trigger has seen. An id that is new starts nobody for what happened before it was applied.
  `CREATE TABLE IF NOT EXISTS trigger_state (
    program VARCHAR NOT NULL,
    trigger_id VARCHAR NOT NULL,
    first_applied_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP,
    seen_batch BIGINT NOT NULL,
    PRIMARY KEY (program, trigger_id)
  )`,

  // Who an edge trigger held for at the last tick.
  `CREATE TABLE IF NOT EXISTS edge_member (
    program VARCHAR NOT NULL,
    trigger_id VARCHAR NOT NULL,
    contact_id VARCHAR NOT NULL
  )`,

  // `enter_key`: value of the property behind \`once per\`, else ''. `goal_until`: last instant at which the goal counts.
  `CREATE TABLE IF NOT EXISTS enrollment (
    enrollment_id VARCHAR NOT NULL,
    program VARCHAR NOT NULL,
    contact_id VARCHAR NOT NULL,
    enter_key VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    started_at TIMESTAMP NOT NULL,
    start_event VARCHAR,
    start_event_id VARCHAR,
    goal_until TIMESTAMP,
    left_at TIMESTAMP,
    left_seq INTEGER,
    reason VARCHAR,
    goal_at TIMESTAMP
  )`,

  // One row per active enrollment, with what conditions read of it. `step` is an id that survives edits; `seq` the
  // enrollment's last journal row.
  // `wait_from`: when the person came to the last send; `wait_until`: the limit of the wait the person is in; `owed_at`:
  // when the mail was due at first that a policy delays, NULL where none does.
  `CREATE TABLE IF NOT EXISTS positions (
    enrollment_id VARCHAR NOT NULL,
    program VARCHAR NOT NULL,
    contact_id VARCHAR NOT NULL,
    started_at TIMESTAMP NOT NULL,
    start_event VARCHAR,
    start_event_id VARCHAR,
    goal_until TIMESTAMP,
    step VARCHAR NOT NULL,
    due TIMESTAMP NOT NULL,
    arrived_at TIMESTAMP NOT NULL,
    wait_from TIMESTAMP NOT NULL,
    wait_until TIMESTAMP,
    seq INTEGER NOT NULL,
    owed_at TIMESTAMP
  )`,
  // Databases of a Cadenza whose policies delayed nothing lack the column.
  "ALTER TABLE positions ADD COLUMN IF NOT EXISTS owed_at TIMESTAMP",
  // The version that the person finishes, in both tables; NULL: they go on in the newest one. Databases of a Cadenza in which all did lack it.
  "ALTER TABLE positions ADD COLUMN IF NOT EXISTS pinned INTEGER",
  "ALTER TABLE enrollment ADD COLUMN IF NOT EXISTS pinned INTEGER",

  // Append-only. `outcome` is one word; `reason` is for people; `next` is the step the person stands on afterwards.
  // `seq` counts an enrollment's rows from 1; 0 where nobody moved: a start that was dropped, a mail that failed, an arm that
  // won, which is about no enrollment and no contact ('').
  `CREATE TABLE IF NOT EXISTS journal (
    tick TIMESTAMP NOT NULL,
    round INTEGER NOT NULL,
    program VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    enrollment_id VARCHAR NOT NULL,
    contact_id VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    step VARCHAR,
    email VARCHAR,
    outcome VARCHAR NOT NULL,
    reason VARCHAR,
    next VARCHAR,
    due TIMESTAMP
  )`,

  // `state`: pending, claimed, sent, failed, unknown or skipped. `mailbox` is the address in small letters, without
  // outer space: what refusals and suppressions are kept by. `variant` NULL: the email as it is. `policies`: those for a segment by whose
  // rates the mail is counted, since they held for the person when it was decided.
  `CREATE TABLE IF NOT EXISTS outbox (
    send_id VARCHAR PRIMARY KEY,
    program VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    enrollment_id VARCHAR NOT NULL,
    contact_id VARCHAR NOT NULL,
    step VARCHAR NOT NULL,
    visit INTEGER NOT NULL,
    email VARCHAR NOT NULL,
    address VARCHAR NOT NULL,
    mailbox VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    attempt INTEGER NOT NULL,
    planned_at TIMESTAMP NOT NULL,
    not_before TIMESTAMP NOT NULL,
    claimed_at TIMESTAMP,
    claim_epoch BIGINT,
    settled_at TIMESTAMP,
    provider_id VARCHAR,
    reason VARCHAR,
    variant VARCHAR,
    policies VARCHAR[]
  )`,
  // Databases of a Cadenza that knew no variants lack the column.
  "ALTER TABLE outbox ADD COLUMN IF NOT EXISTS variant VARCHAR",
  // Nor those in which all went on in the newest version.
  "ALTER TABLE outbox ADD COLUMN IF NOT EXISTS pinned INTEGER",
  // Nor those whose rates were for everybody alone.
  "ALTER TABLE outbox ADD COLUMN IF NOT EXISTS policies VARCHAR[]",

  // One row where the database was restored from a backup. `is_told`: the database that it replaced could be read, so that
  // `restored_mail` has all mails that were handed over since the backup.
  `CREATE TABLE IF NOT EXISTS restored (
    only_row INTEGER PRIMARY KEY,
    backup_at TIMESTAMP NOT NULL,
    restored_at TIMESTAMP NOT NULL,
    is_told BOOLEAN NOT NULL
  )`,

  // `state`: sent, or unknown; `from_at` and `until_at`: between which instants it was handed over. `contact_id`, with `program` and
  // `step`: of who had entered since by a condition, and enters again as of another instant; else NULL.
  `CREATE TABLE IF NOT EXISTS restored_mail (
    send_id VARCHAR PRIMARY KEY,
    state VARCHAR NOT NULL,
    from_at TIMESTAMP NOT NULL,
    until_at TIMESTAMP NOT NULL,
    program VARCHAR,
    step VARCHAR,
    contact_id VARCHAR
  )`,

  // Enrollments that were in the backup in the middle of a wait that outlasted it: nothing of theirs can have gone out since.
  "CREATE TABLE IF NOT EXISTS restored_waiting (enrollment_id VARCHAR PRIMARY KEY)",

  // Append-only. What the provider told of mails, by its own ids; `is_known` false: of a mail or a person that is not known.
  `CREATE TABLE IF NOT EXISTS feedback (
    feedback_id VARCHAR PRIMARY KEY,
    kind VARCHAR NOT NULL,
    send_id VARCHAR,
    mailbox VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL,
    received_at TIMESTAMP NOT NULL,
    link VARCHAR,
    reason VARCHAR,
    is_machine BOOLEAN NOT NULL,
    is_known BOOLEAN NOT NULL
  )`,

  // What came in and was not taken in yet, a row for each commit: `told` is a JSON list.
  `CREATE TABLE IF NOT EXISTS feedback_inbox (
    place BIGINT NOT NULL,
    received_at TIMESTAMP NOT NULL,
    told VARCHAR NOT NULL
  )`,

  // One row. Up to when the provider was asked what became of mails, when its lists were read, and since when it cannot be.
  `CREATE TABLE IF NOT EXISTS provider_state (
    only_row INTEGER PRIMARY KEY,
    asked_at TIMESTAMP,
    told_until TIMESTAMP,
    listed_at TIMESTAMP,
    failed_since TIMESTAMP,
    reason VARCHAR
  )`,

  // Tokens of signatures, and which telling each came with; '': one that matters to nobody.
  `CREATE TABLE IF NOT EXISTS webhook_token (
    token VARCHAR PRIMARY KEY,
    feedback_id VARCHAR NOT NULL,
    signed_at TIMESTAMP NOT NULL
  )`,

  // Experiments that ask for a winner and have met people: since when, and the arm that who comes from `decided_at` on takes.
  `CREATE TABLE IF NOT EXISTS experiment (
    program VARCHAR NOT NULL,
    step VARCHAR NOT NULL,
    first_at TIMESTAMP NOT NULL,
    arm VARCHAR,
    decided_at TIMESTAMP,
    PRIMARY KEY (program, step)
  )`,

  // When reports ran by their schedule. `is_run` false: since when the schedule is known, where none ran yet. `fault`:
  // what of it went wrong.
  `CREATE TABLE IF NOT EXISTS report_run (
    report VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL,
    is_run BOOLEAN NOT NULL,
    fault VARCHAR,
    PRIMARY KEY (report, "at")
  )`,

  // What a team is asked to do with a person. `done_at` NULL: open.
  `CREATE TABLE IF NOT EXISTS handoff (
    handoff_id VARCHAR PRIMARY KEY,
    team VARCHAR NOT NULL,
    program VARCHAR NOT NULL,
    step VARCHAR NOT NULL,
    enrollment_id VARCHAR NOT NULL,
    contact_id VARCHAR NOT NULL,
    note VARCHAR,
    "at" TIMESTAMP NOT NULL,
    done_at TIMESTAMP,
    done_by VARCHAR
  )`,

  // What webhooks are told, and how far that is. `state`: pending, made or failed. `body`: what is told, the same at every
  // try; NULL once it was taken. `call_id` is the key by which a receiver tells a repeat.
  `CREATE TABLE IF NOT EXISTS webhook_call (
    call_id VARCHAR PRIMARY KEY,
    webhook VARCHAR NOT NULL,
    program VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    step VARCHAR NOT NULL,
    enrollment_id VARCHAR NOT NULL,
    contact_id VARCHAR NOT NULL,
    body VARCHAR,
    state VARCHAR NOT NULL,
    attempt INTEGER NOT NULL,
    planned_at TIMESTAMP NOT NULL,
    not_before TIMESTAMP NOT NULL,
    settled_at TIMESTAMP,
    reason VARCHAR
  )`,

  // What stage a person of a funnel was found at, from when on; NULL where none held. Written by apply, ticks and loads.
  // `old`: the stage before; `is_first`: nothing was recorded before.
  `CREATE TABLE IF NOT EXISTS stage_history (
    funnel VARCHAR NOT NULL,
    contact_id VARCHAR NOT NULL,
    stage VARCHAR,
    "at" TIMESTAMP NOT NULL,
    batch BIGINT,
    old VARCHAR,
    is_first BOOLEAN
  )`,

  // One row while the stored membership of segments holds: as of when, by how many words of bits, over which columns of the
  // contact, and the sum of all counts of writes that it has taken in. `slots`: the bit of each leaf and rule among the
  // words. `seen`: how far each table was read, by its counts of writes, how many rows it had, and the id behind its last
  // row. `segment_member` has a row per contact, made anew with each definition.
  `CREATE TABLE IF NOT EXISTS segment_store (
    only_row INTEGER PRIMARY KEY,
    refreshed_at TIMESTAMP NOT NULL,
    words INTEGER NOT NULL,
    columns VARCHAR NOT NULL,
    writes BIGINT NOT NULL,
    slots VARCHAR NOT NULL,
    seen VARCHAR NOT NULL
  )`,

  // Who came into a segment, and who left it, at which refresh. Who was in it when it was first judged has no row.
  `CREATE TABLE IF NOT EXISTS segment_change (
    segment VARCHAR NOT NULL,
    contact_id VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL,
    is_member BOOLEAN NOT NULL
  )`,

  // Whom an edge trigger may have turned for since the last tick, by the bits of stored membership. Ticks empty it.
  `CREATE TABLE IF NOT EXISTS segment_turn (
    trigger_id VARCHAR NOT NULL,
    contact_id VARCHAR NOT NULL
  )`,

  // Offsets of every zone in use, each row from one clock change to the next. `until_local` is the wall clock up to which
  // the row's offset turns wall clocks into instants: a clock that is skipped moves forward, a repeated one is the first.
  `CREATE TABLE IF NOT EXISTS tz_spans (
    zone VARCHAR NOT NULL,
    from_utc TIMESTAMP NOT NULL,
    until_utc TIMESTAMP NOT NULL,
    offset_s INTEGER NOT NULL,
    until_local TIMESTAMP NOT NULL
  )`,
];
