import { type Logger, pino } from 'pino';

/**
 * Structured lines on standard output (or error, where that belongs to a person). Not even by accident do tokens or
 * signatures get into one.
 */
export function createLogger(level: string, to: 'stdout' | 'stderr' = 'stdout'): Logger {
  const redact = ['*.authorization', '*.headers', '*["x-signature"]'];
  return pino({ level, redact }, pino.destination({ dest: to === 'stdout' ? 1 : 2, sync: false }));
}
