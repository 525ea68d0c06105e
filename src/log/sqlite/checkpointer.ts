import { parentPort, workerData } from 'node:worker_threads';
import { connect } from './schema.ts';

/**
 * Copies what is in the write-ahead log into the file, in a thread of its own and on a connection of its own: a checkpoint
 * that is passive waits for nobody, and nobody who writes or reads waits for it.
 */
if (parentPort) {
  const port = parentPort;
  const database = connect(String(workerData));
  port.on('message', (ask: 'copy' | 'close') => {
    if (ask === 'close') {
      database.close();
      port.close();
      return;
    }
    try {
      database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } catch {
      // A full disk, for one. What is not copied stays in the write-ahead log, where it is durable as well.
    }
    port.postMessage(null);
  });
}
