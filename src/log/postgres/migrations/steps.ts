import { markVersion1 } from './mark-version-1.ts';
import type { Step } from './step.ts';
import { VERSION_1 } from './version-1.ts';
import { VERSION_10 } from './version-10.ts';
import { VERSION_11 } from './version-11.ts';
import { VERSION_12 } from './version-12.ts';
import { VERSION_13 } from './version-13.ts';
import { VERSION_14 } from './version-14.ts';
import { VERSION_15 } from './version-15.ts';
import { VERSION_2_ERASE } from './version-2-erase.ts';
import { VERSION_2_WRITE } from './version-2-write.ts';
import { VERSION_2, VERSION_2_INDEXES } from './version-2.ts';
import { VERSION_3 } from './version-3.ts';
import { VERSION_4_DRAW } from './version-4-draw.ts';
import { VERSION_4_ERASE } from './version-4-erase.ts';
import { VERSION_4_WRITE } from './version-4-write.ts';
import { VERSION_4 } from './version-4.ts';
import { VERSION_5_ERASE } from './version-5-erase.ts';
import { VERSION_5, keepRemainders } from './version-5.ts';
import { VERSION_6_ERASE } from './version-6-erase.ts';
import { VERSION_6, rekeyDigests } from './version-6.ts';
import { VERSION_7 } from './version-7.ts';
import { VERSION_8_COUNT } from './version-8-count.ts';
import { VERSION_8_WRITE } from './version-8-write.ts';
import { VERSION_8, VERSION_8_INDEX, fillCounted } from './version-8.ts';
import { VERSION_9_REVISE } from './version-9-revise.ts';
import { VERSION_9 } from './version-9.ts';

/** `hookcast.log.version` counts those that a log has taken. */
export const STEPS: readonly Step[] = [
  [VERSION_1],
  [VERSION_2, markVersion1, VERSION_2_INDEXES, VERSION_2_WRITE, VERSION_2_ERASE],
  [VERSION_3],
  [VERSION_4, VERSION_4_DRAW, VERSION_4_WRITE, VERSION_4_ERASE],
  [VERSION_5, keepRemainders, VERSION_5_ERASE],
  [VERSION_6, rekeyDigests, VERSION_6_ERASE],
  [VERSION_7],
  [VERSION_8, fillCounted, VERSION_8_INDEX, VERSION_8_WRITE, VERSION_8_COUNT],
  [VERSION_9, VERSION_9_REVISE],
  [VERSION_10],
  [VERSION_11],
  [VERSION_12],
  [VERSION_13],
  [VERSION_14],
  [VERSION_15],
];

/** The version of the schema that this hookcast reads and writes. */
export const VERSION = STEPS.length;
