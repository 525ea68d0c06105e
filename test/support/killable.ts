import process from 'node:process';
import { type Worker, isMainThread } from 'node:worker_threads';

/**
 * Loaded into a gateway before it starts (`--import`): SIGURG, which means nothing to it, ends one of its workers in the middle of
 * whatever that does, each time the next one. A thread can't be sent a signal of its own.
 */
if (isMainThread) {
  const workers = new Map<string, Worker>();
  let next = 0;
  process.on('worker', (worker) => {
    const name = worker.threadName ?? '';
    if (name.startsWith('worker ')) workers.set(name, worker);
  });
  process.on('SIGURG', () => {
    const names = [...workers.keys()].toSorted();
    void workers.get(names[next % names.length] ?? '')?.terminate();
    next += 1;
  });
}
