import type { Step } from './step.ts';

/**
 * The index of people in the order in which events come: see `people.ts`. What is in the index of before stays there, and is
 * found there, so that a log of millions of events is ready at once.
 */
export const TO_12: Step = [
  `
  CREATE TABLE IF NOT EXISTS people_by_stretch (
    stretch INTEGER NOT NULL,
    mark TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (stretch, mark, seq)
  ) STRICT, WITHOUT ROWID;
  `,
];
