import { type Logger, pino } from 'pino';
import type { Outlet } from './outlet.ts';

/** Structured lines, which nobody has to read for the gateway to go on. */
export function createLogger(level: string, outlet: Outlet): Logger {
  const logger = pino({ level }, outlet);
  outlet.onDropped((lines) => logger.warn({ lines }, 'lines of this log were dropped, since nobody took them'));
  return logger;
}
