import { defineHashes } from '../hashes.ts';
import type { Step } from './step.ts';

/** Events are found by hashes of their keys and subjects from here on: see `hashes.ts`. What is there already is sorted in at once. */
const VERSION_14 = `
  DROP TABLE IF EXISTS hashes;
  DROP TABLE IF EXISTS hashes_by_stretch;
  CREATE TABLE hashes (hash INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (hash, seq)) STRICT, WITHOUT ROWID;
  CREATE TABLE hashes_by_stretch (
    stretch INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (stretch, hash, seq)
  ) STRICT, WITHOUT ROWID;
`;

/** Both are read from their former indexes alone, which have no more than that. */
const FILL = `
  INSERT INTO hashes SELECT hash_of_key(source, event_id) AS hash, seq FROM events
  UNION ALL SELECT hash_of_subject(subject), seq FROM events WHERE subject IS NOT NULL ORDER BY hash, seq;
  -- An erasure keeps ids and subjects, so these pages need not be overwritten. That took as long as the rest of the
  -- migration.
  PRAGMA secure_delete = OFF;
  DROP INDEX IF EXISTS events_by_key;
  DROP INDEX IF EXISTS events_by_subject;
  PRAGMA secure_delete = ON;
`;

export const TO_14: Step = [VERSION_14, defineHashes, FILL];
