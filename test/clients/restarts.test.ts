import { it } from 'vitest';
import { followers, lists } from './clients.ts';
import { throughRestarts } from './cuts.ts';

it('LIVE5.2 keeps every stock client whole across a drain and a kill under deliveries', () =>
  throughRestarts({ ...followers, ...lists }));
