import { expect, it } from 'vitest';
import { brokenBy } from '../faults/fault.ts';
import { kill } from '../faults/kill.ts';

it('LOG2 keeps what it acknowledged through twenty kills under load, and subscribers miss nothing', async () => {
  expect(await brokenBy(kill, { runs: 20 })).toEqual([]);
}, 90_000);
