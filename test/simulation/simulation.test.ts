import { expect, it } from 'vitest';
import { thoroughly } from '../support/thorough.ts';
import { findPlanted, runSeeds } from './plant.ts';
import { PLANTED } from './planted.ts';

const SEEDS = thoroughly(3_000, 300);
/** Seeds within which each mistake is found. */
const MOST_SEEDS = thoroughly(600, 100);

it('LIVE1.32 gives each event once, or tells of a gap, in a simulation of kills, losses, stalls and clocks that jump', async () => {
  const lines = await runSeeds(SEEDS);
  expect(lines.slice(0, -1)).toEqual([]);
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ seeds: SEEDS, broken: 0 });
});

it('LIVE1.32 replays a seed task by task', async () => {
  expect(await runSeeds(3, { first: 40 })).toEqual(await runSeeds(3, { first: 40 }));
});

it('LIVE1.32 the simulation finds each mistake that is planted', async () => {
  const planted = PLANTED.filter(({ isQuick }) => thoroughly(true, isQuick));
  const found = await findPlanted(planted, MOST_SEEDS);
  expect(planted.filter(({ what }) => found.get(what) === null).map(({ what }) => what)).toEqual([]);
  expect(found.size).toBe(planted.length);
});
