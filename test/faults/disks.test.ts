import { expect, it } from 'vitest';
import { corrupt } from './corrupt.ts';
import { Lacking, brokenBy } from './fault.ts';
import { locked } from './locked.ts';
import { writeError } from './write-error.ts';

// In short; `npm run faults` has the rest, and a disk that is full.

it('IN1.2 acknowledges nothing while writes fail or the files are not where they were, and goes on afterwards', async ({
  skip,
}) => {
  try {
    expect(await brokenBy(writeError, { runs: 6 })).toEqual([]);
  } catch (error) {
    if (error instanceof Lacking) skip(error.message);
    throw error;
  }
});

it('OPS4.1 answers 503 in time while somebody else has locked the database, and goes on by itself', async () => {
  expect(await brokenBy(locked, { runs: 1 })).toEqual([]);
});

it('OPS8.3 refuses a damaged file and a damaged write-ahead log, and says what to do', async () => {
  expect(await brokenBy(corrupt, { runs: 6 })).toEqual([]);
});
