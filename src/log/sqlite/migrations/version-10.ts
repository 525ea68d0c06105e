import type { Step } from './step.ts';

/** Secrets that senders have brought, encrypted: see `brought.ts`. */
export const TO_10: Step = [
  `
  CREATE TABLE IF NOT EXISTS brought (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    secret TEXT NOT NULL,
    brought_at INTEGER NOT NULL
  ) STRICT;
  `,
];
