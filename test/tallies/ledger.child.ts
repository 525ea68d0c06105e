import { parentPort, workerData } from 'node:worker_threads';
import { Ledger, type LedgerMemory } from '../../src/tallies/ledger.ts';
import { monotonic } from '../../src/workers/monotonic.ts';

/** One worker that asks for as much as it is given. */
const { memory, worker, most } = workerData as { memory: LedgerMemory; worker: number; most: number };
const ledger = new Ledger(memory, worker, monotonic);
let [granted, different] = [0, 0];
for (let round = 0; round < 500; round += 1) {
  if (ledger.add('ana', most)) granted += 1;
  // All workers ask for the same things.
  if (ledger.addPart('ana', `document ${round}`, most)) different += 1;
}
parentPort!.postMessage({ granted, different });
