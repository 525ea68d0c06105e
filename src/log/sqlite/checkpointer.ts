import { existsSync } from 'node:fs';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { connect } from './schema.ts';
import type { ServedPort } from './threads.ts';

/**
 * Copies what is in the write-ahead log into the file, in a thread of its own and on a connection of its own: a checkpoint
 * that is passive waits for nobody, and nobody who writes or reads waits for it.
 */
if (parentPort) {
  const port = parentPort;
  const path = String(workerData);
  // Opening would make a new, empty file where the log has been moved away.
  if (!existsSync(path)) throw new Error('the file is not there');
  const database = connect(path);
  const serve = (from: MessagePort) => {
    from.on('message', (ask: 'copy' | 'close' | ServedPort) => {
      if (typeof ask === 'object') return serve(ask.port);
      if (ask === 'close') {
        // A gateway lets go of its own end; the process that started the thread ends it.
        if (from === port) database.close();
        return from.close();
      }
      try {
        database.exec('PRAGMA wal_checkpoint(PASSIVE)');
      } catch {
        // A full disk, for one. Pages that are not copied stay in the write-ahead log, where they are durable as well.
      }
      from.postMessage(null);
    });
  };
  serve(port);
}
