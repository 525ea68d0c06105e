import { type MessagePort, parentPort } from 'node:worker_threads';
import type { LogFile, ThreadName } from '../../src/log/sharing.ts';
import { serveCheckpointer } from '../../src/log/sqlite/checkpointer.ts';
import { serveWriter } from '../../src/log/sqlite/writer.ts';

interface Asked {
  readonly name: ThreadName;
  readonly file: LogFile;
  readonly port: MessagePort;
}

/** A thread of `log-threads.ts`. */
parentPort!.on('message', (asked: Asked | 'alive?') => {
  if (asked === 'alive?') return parentPort!.postMessage('yes');
  const { name, file, port } = asked;
  return name === 'writer' ? serveWriter(file, port) : serveCheckpointer(file, port);
});
