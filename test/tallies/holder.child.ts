import { parentPort, workerData } from 'node:worker_threads';
import { Ledger, type LedgerMemory } from '../../src/tallies/ledger.ts';

/** A worker that comes to a halt in the middle of a change, and is to be ended there. */
const ledger = new Ledger(workerData as LedgerMemory, 0, () => {
  parentPort!.postMessage('holds');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  return 0;
});
ledger.take('ana', 1, 1);
