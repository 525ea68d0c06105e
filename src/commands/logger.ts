import { type Logger, pino } from 'pino';

/** Structured lines on standard output, or on standard error where the output belongs to a person. */
export function createLogger(level: string, to: 'stdout' | 'stderr' = 'stdout'): Logger {
  return pino({ level }, pino.destination({ dest: to === 'stdout' ? 1 : 2, sync: false }));
}
