import { expect, it } from 'vitest';
import { brokenBy } from './fault.ts';
import { fuzzBodies } from './fuzz-bodies.ts';
import { fuzzGraphql } from './fuzz-graphql.ts';
import { fuzzHeaders } from './fuzz-headers.ts';
import { fuzzWs } from './fuzz-ws.ts';
import { thoroughly } from '../support/thorough.ts';

// In short; `npm run faults` sends a hundred times as much.

it('IN2.3 records exactly what was signed, of bodies of any form', async () => {
  expect(await brokenBy(fuzzBodies, { runs: thoroughly(150, 60) })).toEqual([]);
});

it('IN5.1 answers heads of requests that no client would send', async () => {
  expect(await brokenBy(fuzzHeaders, { runs: thoroughly(100, 40) })).toEqual([]);
});

it('AUTH1.3 shows no document the events of another tenant, and gives every error a code', async () => {
  expect(await brokenBy(fuzzGraphql, { runs: thoroughly(120, 40) })).toEqual([]);
});

it('LIVE2.2 keeps a subscriber going beside sockets that send anything', async () => {
  expect(await brokenBy(fuzzWs, { runs: thoroughly(250, 100), seed: 2 })).toEqual([]);
});
