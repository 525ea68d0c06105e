import type { Step } from './step.ts';

/** The index of words (`words.ts`), the events that it lacks although it is beyond them, and how far it is. */
export const TO_16: Step = [
  `
  CREATE TABLE IF NOT EXISTS words (entry INTEGER PRIMARY KEY, places BLOB NOT NULL) STRICT;

  CREATE TABLE IF NOT EXISTS unindexed (seq INTEGER PRIMARY KEY) STRICT;

  CREATE TABLE IF NOT EXISTS indexing (up_to INTEGER NOT NULL, wording INTEGER NOT NULL) STRICT;
  `,
];
