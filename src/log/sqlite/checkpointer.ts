import { existsSync } from 'node:fs';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { connect } from './schema.ts';
import type { ServedPort } from './threads.ts';

/**
 * Copies the pages of the write-ahead log into the file, in a thread and on a connection of its own. A passive checkpoint waits
 * for no reader or writer, and no reader or writer waits for it.
 */
if (parentPort) {
  const port = parentPort;
  const path = String(workerData);
  // If the log has been moved away, opening it would make a new, empty file.
  if (!existsSync(path)) throw new Error('the file is not there');
  const database = connect(path);
  const serve = (from: MessagePort) => {
    from.on('message', (ask: 'copy' | 'close' | ServedPort) => {
      if (typeof ask === 'object') return serve(ask.port);
      if (ask === 'close') {
        // A gateway that shares the thread closes only its own port. The port of the starter also closes the database.
        if (from === port) database.close();
        return from.close();
      }
      try {
        database.exec('PRAGMA wal_checkpoint(PASSIVE)');
      } catch {
        // The disk may be full, for example. Pages that are not copied stay in the write-ahead log, where they are durable too.
      }
      from.postMessage(null);
    });
  };
  serve(port);
}
