import { expect, it } from 'vitest';
import { brokenBy } from '../faults/fault.ts';
import { kill } from '../faults/kill.ts';

// `npm run faults -- kill` does it a hundred times.
it('LOG2.1 keeps what it acknowledged through eight kills under load, and subscribers miss nothing', async () => {
  expect(await brokenBy(kill, { runs: 8 })).toEqual([]);
});
