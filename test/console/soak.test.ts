import { expect, it } from 'vitest';
import { brokenBy } from '../faults/fault.ts';
import { watched } from '../faults/watched.ts';

it('CON8.2 stays as it was while twenty thousand cancellations arrive as fast as they can', async () => {
  expect(await brokenBy(watched, { runs: 20_000 })).toEqual([]);
}, 120_000);
