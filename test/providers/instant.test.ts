import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseInstant, readInstant } from '../../src/providers/instant.ts';

const READ: [text: string, iso: string, zone?: string][] = [
  ['2024-01-20T15:00:00.000Z', '2024-01-20T15:00:00.000Z'],
  ['2023-05-16T15:13:32.617855Z', '2023-05-16T15:13:32.617Z'],
  ['2023-05-21T09:00:00.000+01:00', '2023-05-21T08:00:00.000Z'],
  ['2023-05-21T09:00:00-0330', '2023-05-21T12:30:00.000Z'],
  ['2023-05-21T09:00:00+02', '2023-05-21T07:00:00.000Z'],
  ['2023-09-25T19:04:09Z', '2023-09-25T19:04:09.000Z'],
  ['2024-02-02T04:04:25.0Z', '2024-02-02T04:04:25.000Z'],
  ['2023-09-20 17:25:42', '2023-09-20T17:25:42.000Z'],
  ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
  ['2026-03-10T09:00:00:125[+01:00]', '2026-03-10T08:00:00.125Z'],
  ['2026-03-10T09:00', '2026-03-10T09:00:00.000Z'],
  ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ['0099-01-01T00:00:00Z', '0099-01-01T00:00:00.000Z'],
  ['2026-07-01T10:00:00', '2026-07-01T09:00:00.000Z', 'Europe/Dublin'],
  ['2026-01-01T10:00:00', '2026-01-01T10:00:00.000Z', 'Europe/Dublin'],
  // Summer time begins at 01:00 UTC that day; the hour after the jump, and the last before it.
  ['2026-03-29T03:00:00', '2026-03-29T01:00:00.000Z', 'Europe/Madrid'],
  ['2026-03-29T01:59:59', '2026-03-29T00:59:59.000Z', 'Europe/Madrid'],
  ['2026-07-01T10:00:00', '2026-07-01T10:00:00.000Z', 'Nowhere/Atall'],
  ['2026-07-01T10:00:00Z', '2026-07-01T10:00:00.000Z', 'Europe/Dublin'],
  ['2026-07-01 10:00:00 UTC', '2026-07-01T10:00:00.000Z', 'Europe/Dublin'],
];

it.each(READ)('IN6.2 reads the time %s as %s', (text, iso, zone) => {
  expect(parseInstant(text, zone)).toEqual({ at: Date.parse(iso), text });
});

const NONE = [
  '',
  'yesterday',
  '2024-02-30T00:00:00Z',
  '2023-02-29T00:00:00Z',
  '2024-13-01T00:00:00Z',
  '2024-00-10T00:00:00Z',
  '2024-01-01T24:00:00Z',
  '2024-01-01T00:60:00Z',
  '2024-01-01',
  '1705762800000',
  '2024-01-01T00:00:00+25:00',
  '2024-01-01T00:00:00Zulu',
  '2024-01-01T00:00:00.1234567890Z',
  ' 2024-01-01T00:00:00Z',
];

it.each(NONE)('IN6.2 takes %j for no time', (text) => {
  expect(parseInstant(text)).toBeNull();
});

it('IN6.2 reads a time without zone the same wherever the gateway runs', () => {
  const before = process.env['TZ'];
  process.env['TZ'] = 'America/Sao_Paulo';
  try {
    expect(parseInstant('2023-09-20 17:25:42')?.at).toBe(Date.parse('2023-09-20T17:25:42Z'));
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
});

const IN_ANY_FORM: [value: unknown, iso: string][] = [
  ['2026-05-08T09:10:11.121314Z', '2026-05-08T09:10:11.121Z'],
  ['2026-05-08 09:10:11+00:00', '2026-05-08T09:10:11.000Z'],
  [1778231411, '2026-05-08T09:10:11.000Z'],
  [1778231411.121, '2026-05-08T09:10:11.121Z'],
  ['1778231411.121314', '2026-05-08T09:10:11.121Z'],
  [1778231411121, '2026-05-08T09:10:11.121Z'],
  ['1778231411121', '2026-05-08T09:10:11.121Z'],
  [1778231411121314, '2026-05-08T09:10:11.121Z'],
  // A number that no double holds comes as its digits.
  ['1778231411121314151', '2026-05-08T09:10:11.121Z'],
  [100_000_000, '1973-03-03T09:46:40.000Z'],
  [99_999_999_999, '5138-11-16T09:46:39.000Z'],
  [100_000_000_000, '1973-03-03T09:46:40.000Z'],
  ['Fri, 08 May 2026 09:10:11 GMT', '2026-05-08T09:10:11.000Z'],
  ['Fri, 8 May 2026 11:10:11 +0200', '2026-05-08T09:10:11.000Z'],
  ['Fri May 08 2026 11:10:11 GMT+0200 (Central European Summer Time)', '2026-05-08T09:10:11.000Z'],
];
it.each(IN_ANY_FORM)('IN6.2 reads %j as %s where a sender may write a time as it likes', (value, iso) => {
  expect(readInstant(value)).toEqual({ at: Date.parse(iso), text: String(value) });
});

const NO_TIME = [
  7,
  99_999_999,
  -1778231411,
  1e21,
  Number.NaN,
  '',
  '0001778231411',
  '12',
  '1'.repeat(21),
  'Fri, 31 Feb 2026 09:10:11 GMT',
  'Fri, 08 Mai 2026 09:10:11 GMT',
  true,
  null,
  undefined,
  {},
  [1778231411],
];
it.each(NO_TIME)('IN6.2 takes %j for no time in any form', (value) => {
  expect(readInstant(value)).toBeNull();
});

it('IN6.2 reads the form that nearly all senders write as it reads the same time in another form', () => {
  const part = (most: number, length = 2) => fc.nat(most).map((number) => String(number).padStart(length, '0'));
  const second = fc
    .tuple(part(61), fc.constantFrom('', '.', ':'), part(999, 3))
    .map(([whole, point, more]) => (point === '' ? whole : whole + point + more));
  const parts = fc.tuple(part(9999, 4), part(14), part(33), part(25), part(61), second);
  const written = parts.map(
    ([year, month, day, hour, minute, second]) => `${year}-${month}-${day}T${hour}:${minute}:${second}`,
  );
  // One sign more or other, where it is hardly a time any more.
  const spoilt = fc
    .tuple(written, fc.nat(19), fc.constantFrom('', '/', ':', 'x', '٣'))
    .map(([text, at, sign]) => text.slice(0, at) + sign + text.slice(at + 1));
  fc.assert(
    fc.property(fc.oneof(written, spoilt), (text) => {
      expect(parseInstant(`${text}Z`)?.at).toBe(parseInstant(`${text}+00:00`)?.at);
    }),
    { numRuns: 2_000 },
  );
});
