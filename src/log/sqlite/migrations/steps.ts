import type { DatabaseSync } from 'node:sqlite';
import type { Step } from './step.ts';
import { TO_1 } from './version-1.ts';
import { TO_10 } from './version-10.ts';
import { TO_11 } from './version-11.ts';
import { TO_12 } from './version-12.ts';
import { TO_13 } from './version-13.ts';
import { TO_14 } from './version-14.ts';
import { TO_15 } from './version-15.ts';
import { TO_16 } from './version-16.ts';
import { TO_2 } from './version-2.ts';
import { TO_3 } from './version-3.ts';
import { TO_4 } from './version-4.ts';
import { TO_5 } from './version-5.ts';
import { TO_6 } from './version-6.ts';
import { TO_7 } from './version-7.ts';
import { TO_8 } from './version-8.ts';
import { TO_9 } from './version-9.ts';

/** `PRAGMA user_version` counts those that a file has taken. */
export const STEPS: readonly Step[] = [
  TO_1,
  TO_2,
  TO_3,
  TO_4,
  TO_5,
  TO_6,
  TO_7,
  TO_8,
  TO_9,
  TO_10,
  TO_11,
  TO_12,
  TO_13,
  TO_14,
  TO_15,
  TO_16,
];

/** The version of the schema that this hookcast reads and writes. */
export const VERSION = STEPS.length;

/** Brings a file from one version to another, in the caller's transaction. */
export function takeSteps(database: DatabaseSync, from: number, to: number): void {
  for (const part of STEPS.slice(from, to).flat()) {
    if (typeof part === 'string') database.exec(part);
    else part(database);
  }
  database.exec(`PRAGMA user_version = ${to}`);
}
