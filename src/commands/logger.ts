import { type Logger, pino } from 'pino';
import type { LineWriter } from './line-writer.ts';
import { visible } from '../visible.ts';

/** A logger of structured lines. If nobody reads them, the gateway continues. They are safe to show in a terminal. */
export function createLogger(level: string, writer: LineWriter): Logger {
  const logger = pino({ level }, { write: (line) => writer.write(`${visible(line.trimEnd())}\n`) });
  writer.onDropped((lines) =>
    logger.warn({ lines }, 'log lines were dropped, since standard output did not accept them'),
  );
  return logger;
}
