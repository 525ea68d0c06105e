import { expect, it } from 'vitest';
import { brokenBy } from '../faults/fault.ts';
import { kill } from '../faults/kill.ts';
import { thoroughly } from '../support/thorough.ts';

// `npm run faults -- kill` does it a hundred times.
it('LOG2.1 keeps what it acknowledged through kill after kill under load, and subscribers miss nothing', async () => {
  expect(await brokenBy(kill, { runs: thoroughly(8, 2) })).toEqual([]);
});
