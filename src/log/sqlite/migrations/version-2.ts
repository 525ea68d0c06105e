import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { Marker } from '../../marks.ts';
import { marksOfVersion1, marksOfVersion1Delivery } from '../../version-1.ts';
import type { Step } from './step.ts';

/**
 * What identifies people moves to tables of its own, of which no row is deleted beside one that holds something: when
 * SQLite deletes rows it packs their neighbours into other pages, and leaves copies of those in the gaps (measured, with
 * secure_delete on). Rows that lost their content stay until thousands of their like are between them and the others.
 */
const VERSION_2 = `
  ALTER TABLE log ADD COLUMN salt TEXT NOT NULL DEFAULT '';
  -- Whether the file was rewritten since version 1, which left deleted data in its free pages.
  ALTER TABLE log ADD COLUMN rewritten INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE personal (
    seq INTEGER PRIMARY KEY,
    personal TEXT,
    raw TEXT,
    -- A JSON list.
    marks TEXT
  ) STRICT;
  INSERT INTO personal (seq, personal, raw)
  SELECT seq, personal, raw FROM events WHERE personal IS NOT NULL OR raw IS NOT NULL;
  CREATE TABLE people (mark TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (mark, seq)) STRICT, WITHOUT ROWID;
  ALTER TABLE events DROP COLUMN personal;
  ALTER TABLE events DROP COLUMN raw;
  ALTER TABLE events ADD COLUMN version TEXT;
  ALTER TABLE events ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX events_by_version ON events (source, tenant, subject, version) WHERE version IS NOT NULL;

  ALTER TABLE erasures RENAME TO erasures_1;
  CREATE TABLE erasures (
    seq INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    source TEXT NOT NULL,
    tenant TEXT NOT NULL,
    subject TEXT,
    event_ids TEXT NOT NULL,
    erased_at INTEGER NOT NULL,
    ordered_by TEXT NOT NULL
  ) STRICT;
  -- In version 1 only privacy requests of a provider erased.
  INSERT INTO erasures
  SELECT seq, provider, source, tenant, subject, event_ids, erased_at, 'a privacy request of the provider' FROM erasures_1;
  DROP TABLE erasures_1;
  CREATE INDEX erasures_by_subject ON erasures (source, subject, tenant);

  CREATE TABLE tombstones (
    mark TEXT NOT NULL,
    source TEXT NOT NULL,
    tenant TEXT NOT NULL,
    lasting INTEGER NOT NULL,
    erased_at INTEGER NOT NULL,
    ordered_by TEXT NOT NULL,
    PRIMARY KEY (mark, source, tenant)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO tombstones
  SELECT 's' || subject, source, tenant, 1, max(erased_at), ordered_by FROM erasures GROUP BY source, tenant, subject;

  CREATE TABLE payloads (id INTEGER PRIMARY KEY, payload TEXT, marks TEXT) STRICT;
  INSERT INTO payloads (id, payload) SELECT id, payload FROM quarantine;
  CREATE TABLE payload_marks (mark TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (mark, id)) STRICT, WITHOUT ROWID;
  ALTER TABLE quarantine DROP COLUMN payload;
  ALTER TABLE quarantine ADD COLUMN state TEXT NOT NULL DEFAULT 'WAITING';
  ALTER TABLE quarantine ADD COLUMN settled_at INTEGER;
  CREATE INDEX quarantine_by_state ON quarantine (state);
  CREATE INDEX quarantine_by_settlement ON quarantine (settled_at) WHERE settled_at IS NOT NULL;

  CREATE TABLE fields (
    source TEXT NOT NULL,
    type TEXT NOT NULL,
    path TEXT NOT NULL,
    change TEXT NOT NULL,
    expected INTEGER NOT NULL,
    count INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    PRIMARY KEY (source, type, path, change)
  ) STRICT, WITHOUT ROWID;
`;

export const TO_2: Step = [
  VERSION_2,
  (database) => {
    const salt = randomBytes(24).toString('base64url');
    database.prepare('UPDATE log SET salt = ?').run(salt);
    mark(database, new Marker(salt));
  },
];

interface EventRow {
  readonly seq: number;
  readonly source: string;
  readonly tenant: string;
  readonly personal: string | null;
  readonly raw: string | null;
}

interface DeliveryRow {
  readonly id: number;
  readonly source: string;
  readonly payload: string;
}

/** Finds the people in what version 1 recorded, so that they can be erased like others. */
function mark(database: DatabaseSync, marker: Marker): void {
  const keep = database.prepare('UPDATE personal SET marks = ? WHERE seq = ?');
  const index = database.prepare("INSERT INTO people SELECT value, ? FROM json_each(?) WHERE value NOT LIKE 'v%'");
  const events = 'SELECT seq, source, tenant, personal.personal, raw FROM personal JOIN events USING (seq)';
  for (const { seq, source, tenant, personal, raw } of database.prepare(events).iterate() as Iterable<EventRow>) {
    const marks = marksOfVersion1({ source, tenant, personal, raw }, marker);
    if (marks === null) continue;
    keep.run(marks, seq);
    index.run(seq, marks);
  }
  const keepDelivery = database.prepare('UPDATE payloads SET marks = ? WHERE id = ?');
  const indexDelivery = database.prepare('INSERT INTO payload_marks SELECT value, ? FROM json_each(?)');
  const deliveries = 'SELECT id, source, payload FROM payloads JOIN quarantine USING (id)';
  for (const { id, source, payload } of database.prepare(deliveries).iterate() as Iterable<DeliveryRow>) {
    const marks = marksOfVersion1Delivery({ source, payload }, marker);
    if (marks === null) continue;
    keepDelivery.run(marks, id);
    indexDelivery.run(id, marks);
  }
}
