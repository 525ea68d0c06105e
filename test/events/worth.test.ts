import { expect, it } from 'vitest';
import { amountOf, worthOf } from '../../src/events/worth.ts';
import { Dice } from '../faults/dice.ts';

const unitsOf = (amount: string) => worthOf({ amount, currency: 'BRL' })?.units;

it('LOG7.9 counts an amount in whole ten-thousandths, and refuses one that is not exact in them', () => {
  const taken: Record<string, number> = {
    '301.5': 3_015_000,
    '0.0001': 1,
    '+12.': 120_000,
    '-7.25': -72_500,
    '-0.00': 0,
    '0012.340000000': 123_400,
    '900719925474.0991': Number.MAX_SAFE_INTEGER,
    '-900719925474.0991': Number.MIN_SAFE_INTEGER,
  };
  for (const [amount, units] of Object.entries(taken)) expect(unitsOf(amount), amount).toBe(units);
  const refused = [
    '900719925474.0992',
    '0.00001',
    '1e3',
    '12,50',
    '1 000',
    '.5',
    '',
    'free',
    'NaN',
    '٣',
    '9'.repeat(400),
  ];
  for (const amount of refused) expect(unitsOf(amount), amount).toBeNull();
});

it('LOG7.9 counts by currencies of a form that a key may have, in capitals', () => {
  const currencyOf = (currency: string) => worthOf({ amount: '1', currency });
  for (const [said, currency] of [
    ['brl', 'BRL'],
    ['R$', 'R$'],
    ['USDC.e', 'USDC.E'],
  ] as const) {
    expect(currencyOf(said)).toEqual({ currency, units: 10_000 });
  }
  for (const said of ['', 'a\0', 'reais of Ana', 'x'.repeat(17), '\ud800']) {
    expect(currencyOf(said), said).toEqual({ currency: '', units: null });
  }
  expect(worthOf(null)).toBeNull();
});

it('LOG7.9 writes a sum as the decimal number that it is', () => {
  expect([3_015_000n, 0n, -1n, 10_000n, -72_500n, 2n ** 70n].map(amountOf)).toEqual([
    '301.5',
    '0',
    '-0.0001',
    '1',
    '-7.25',
    '118059162071741130.3424',
  ]);
  const dice = new Dice(3);
  for (let round = 0; round < 1_000; round += 1) {
    const units = dice.between(-1e12, 1e12);
    expect(unitsOf(amountOf(BigInt(units)))).toBe(units);
  }
});
