import type { DatabaseSync } from 'node:sqlite';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { LogFile } from '../sharing.ts';
import { isInPlace } from './open-files.ts';
import { connect } from './schema.ts';
import type { ServedPort } from './threads.ts';

/**
 * Copies the pages of the write-ahead log into the file, in a thread and on a connection of its own. A passive checkpoint waits
 * for no reader or writer, and no reader or writer waits for it.
 */
export function serveCheckpointer(file: LogFile, port: MessagePort): void {
  let database: DatabaseSync | null = null;
  const copy = () => {
    // If the log was moved away or replaced, the path may lead to somebody's backup, into which the log's pages would be copied. And a
    // second connection to the write-ahead log, by way of another file, would take away the locks of the first.
    if (!isInPlace(file)) return;
    database ??= connect(file.path);
    database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  };
  const serve = (from: MessagePort) => {
    from.on('message', (ask: 'copy' | 'close' | ServedPort) => {
      if (ask === 'close') {
        // A gateway that shares the thread closes only its own port. The port of the starter also closes the database.
        if (from === port) database?.close();
        return from.close();
      }
      if (ask !== 'copy') return serve(ask.port);
      try {
        copy();
      } catch {
        // The disk may be full, for example. Pages that are not copied stay in the write-ahead log, where they are durable too.
      }
      from.postMessage(null);
    });
  };
  serve(port);
}

// A thread that was started without a file imports this, and says itself when it serves.
if (parentPort && workerData) serveCheckpointer(workerData as LogFile, parentPort);
