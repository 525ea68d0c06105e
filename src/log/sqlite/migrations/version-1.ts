import { randomBytes } from 'node:crypto';
import type { Step } from './step.ts';

/** Each index serves one kind of filter in log order: SQLite keeps the rowid (`seq`) at the end of every index. */
const VERSION_1 = `
  CREATE TABLE log (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch TEXT NOT NULL,
    floor INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    event_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    type TEXT NOT NULL,
    shape TEXT NOT NULL,
    kind TEXT,
    tenant TEXT NOT NULL,
    subject TEXT,
    occurred_at INTEGER NOT NULL,
    occurred_text TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    data TEXT NOT NULL,
    personal TEXT,
    raw TEXT
  ) STRICT;
  CREATE UNIQUE INDEX events_by_key ON events (source, event_id);
  CREATE INDEX events_by_provider ON events (provider);
  CREATE INDEX events_by_tenant ON events (tenant);
  CREATE INDEX events_by_type ON events (type);
  CREATE INDEX events_by_subject ON events (subject) WHERE subject IS NOT NULL;
  CREATE INDEX events_by_occurrence ON events (occurred_at);
  CREATE INDEX events_by_source ON events (source);
  CREATE INDEX cancellations_by_kind ON events (kind) WHERE kind IS NOT NULL;
  CREATE INDEX cancellations_by_tenant ON events (tenant) WHERE kind IS NOT NULL;

  -- Erasures have positions of the log like events, drawn from the same sequence.
  CREATE TABLE erasures (
    seq INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    source TEXT NOT NULL,
    tenant TEXT NOT NULL,
    subject TEXT NOT NULL,
    event_ids TEXT NOT NULL,
    erased_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX erasures_by_subject ON erasures (source, subject, tenant);
  INSERT INTO sqlite_sequence (name, seq) VALUES ('events', 0);

  CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    digest TEXT NOT NULL,
    provider TEXT NOT NULL,
    type TEXT,
    event_id TEXT,
    issues TEXT NOT NULL,
    payload TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    UNIQUE (source, digest)
  ) STRICT;
`;

export const TO_1: Step = [
  VERSION_1,
  (database) => {
    const epoch = randomBytes(12).toString('base64url');
    database.prepare('INSERT INTO log (id, epoch, floor) VALUES (1, ?, 0)').run(epoch);
  },
];
