import { expect, it } from 'vitest';
import { thoroughly } from '../support/thorough.ts';
import { findPlanted, runSeeds } from './plant.ts';
import { PLANTED } from './planted.ts';

const SEEDS = thoroughly(1_000, 100);

it('LIVE1.32 gives each event once, or says what is missing, in a simulation of kills, losses, stalls and clocks that jump', async () => {
  const lines = await runSeeds(SEEDS);
  expect(lines.slice(0, -1)).toEqual([]);
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ seeds: SEEDS, broken: 0 });
});

it('LIVE1.32 replays a seed task by task', async () => {
  expect(await runSeeds(3, { first: 40 })).toEqual(await runSeeds(3, { first: 40 }));
});

// In npm test only those that a hundred seeds find: the others take up to some hundred.
it.for(PLANTED.filter(({ isQuick }) => thoroughly(true, isQuick)))(
  'LIVE1.32 the simulation finds that $what',
  async (planted) => expect(await findPlanted(planted, 6_000)).not.toBeNull(),
);
