import type { Step } from './step.ts';

/** Events are found by what happened. Those that tell of one thing only have no word for it, and take no place here. */
export const TO_15: Step = [
  'CREATE INDEX IF NOT EXISTS events_by_happened ON events (happened) WHERE happened IS NOT NULL;',
];
