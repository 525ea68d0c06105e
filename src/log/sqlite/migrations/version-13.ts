import type { Step } from './step.ts';

/** Sources that are paused (`paused.ts`), how far each was reconciled (`reconciliations.ts`), and whose silence was told. */
export const TO_13: Step = [
  `
  CREATE TABLE IF NOT EXISTS paused (
    source TEXT PRIMARY KEY,
    paused_at INTEGER NOT NULL,
    os_user TEXT,
    token_id TEXT,
    holder TEXT,
    reason TEXT
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS reconciliations (
    source TEXT PRIMARY KEY,
    since_at INTEGER,
    cursor TEXT,
    run_at INTEGER,
    completed_at INTEGER,
    due_at INTEGER NOT NULL DEFAULT 0,
    trouble TEXT,
    webhook TEXT,
    seen INTEGER NOT NULL DEFAULT 0,
    missed TEXT NOT NULL DEFAULT '{}',
    holder TEXT,
    held_until INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS silences (
    source TEXT PRIMARY KEY,
    since_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];
