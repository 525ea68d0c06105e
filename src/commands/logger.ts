import { type Logger, pino } from 'pino';
import type { LineWriter } from './line-writer.ts';
import { visible } from '../visible.ts';

/** Structured lines. The gateway goes on if nobody reads them. They may be read at a terminal. */
export function createLogger(level: string, writer: LineWriter): Logger {
  const logger = pino({ level }, { write: (line) => writer.write(`${visible(line.trimEnd())}\n`) });
  writer.onDropped((lines) =>
    logger.warn({ lines }, 'log lines were dropped, since standard output did not accept them'),
  );
  return logger;
}
