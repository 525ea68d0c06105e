import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Bucket, type BucketSize, bucketAt, edgesBetween } from '../../src/events/buckets.ts';
import { TimeZone, TimeZones } from '../../src/events/time-zone.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The edges, as moments of one day or so, and how many minutes lie between them. */
function edges(zone: string, size: BucketSize, from: string, to: string): { starts: string[]; minutes: number[] } {
  const all = edgesBetween(new TimeZone(zone), size, Date.parse(from), Date.parse(to));
  return {
    starts: all.slice(0, -1).map((at) => new Date(at).toISOString().slice(5, 16)),
    minutes: all.slice(1).map((at, index) => (at - all[index]!) / MINUTE),
  };
}

const days: [what: string, zone: string, from: string, to: string, starts: string[], hours: number[]][] = [
  [
    'a day of 23 hours and one of 25 in Berlin',
    'Europe/Berlin',
    '2026-03-28T12:00:00Z',
    '2026-03-30T12:00:00Z',
    ['03-27T23:00', '03-28T23:00', '03-29T22:00'],
    [24, 23, 24],
  ],
  [
    'the day on which São Paulo had no midnight',
    'America/Sao_Paulo',
    '2018-11-03T12:00:00Z',
    '2018-11-05T12:00:00Z',
    ['11-03T03:00', '11-04T03:00', '11-05T02:00'],
    [24, 23, 24],
  ],
  [
    'the day on which São Paulo came to midnight twice',
    'America/Sao_Paulo',
    '2018-02-17T12:00:00Z',
    '2018-02-18T12:00:00Z',
    ['02-17T02:00', '02-18T03:00'],
    [25, 24],
  ],
  [
    // 00:01 became 23:01 of the day before: the date that had begun goes on.
    'a midnight in St. John’s that clocks went back over',
    'America/St_Johns',
    '2010-11-06T12:00:00Z',
    '2010-11-07T12:00:00Z',
    ['11-06T02:30', '11-07T02:30'],
    [24, 25],
  ],
  [
    'the date that Samoa never had',
    'Pacific/Apia',
    '2011-12-29T12:00:00Z',
    '2011-12-30T12:00:00Z',
    ['12-29T10:00', '12-30T10:00'],
    [24, 24],
  ],
  [
    'a day in Kathmandu, three quarters past',
    'Asia/Kathmandu',
    '2026-01-01T12:00:00Z',
    '2026-01-01T12:00:01Z',
    ['12-31T18:15'],
    [24],
  ],
];
it.each(days)('LOG7.2 lays out %s', (_what, zone, from, to, starts, hours) => {
  expect(edges(zone, 'DAY', from, to)).toEqual({ starts, minutes: hours.map((many) => many * 60) });
  const there = new TimeZone(zone);
  const [first, ...ends] = edgesBetween(there, 'DAY', Date.parse(from), Date.parse(to));
  let startsAt = first!;
  for (const endsAt of ends) {
    for (let at = startsAt; at < endsAt; at += 7 * MINUTE) {
      expect(bucketAt(there, 'DAY', at)).toEqual({ startsAt, endsAt });
    }
    startsAt = endsAt;
  }
});

it('LOG7.2 lays out hours as clocks show them, those that come twice and those that are cut short', () => {
  // Berlin shows two o'clock twice; Lord Howe, which moves by half an hour, shows half past one twice.
  const berlin = edges('Europe/Berlin', 'HOUR', '2026-10-24T23:30:00Z', '2026-10-25T02:00:00Z');
  expect(berlin).toEqual({ starts: ['10-24T23:00', '10-25T00:00', '10-25T01:00'], minutes: [60, 60, 60] });
  const back = edges('Australia/Lord_Howe', 'HOUR', '2026-04-04T14:10:00Z', '2026-04-04T16:00:00Z');
  expect(back).toEqual({ starts: ['04-04T14:00', '04-04T15:00', '04-04T15:30'], minutes: [60, 30, 60] });
  const forth = edges('Australia/Lord_Howe', 'HOUR', '2026-10-03T15:00:00Z', '2026-10-03T16:30:00Z');
  expect(forth).toEqual({ starts: ['10-03T14:30', '10-03T15:30', '10-03T16:00'], minutes: [60, 30, 60] });
  const midnight = edges('America/St_Johns', 'HOUR', '2010-11-07T02:00:00Z', '2010-11-07T04:00:00Z');
  expect(midnight).toEqual({
    starts: ['11-07T01:30', '11-07T02:30', '11-07T02:31', '11-07T03:30'],
    minutes: [60, 1, 59, 60],
  });
  const kolkata = edges('Asia/Kolkata', 'HOUR', '2026-01-01T00:00:00Z', '2026-01-01T00:31:00Z');
  expect(kolkata).toEqual({ starts: ['12-31T23:30', '01-01T00:30'], minutes: [60, 60] });
});

it('LOG7.2 puts each moment into one bucket of whole minutes, in any zone and at any time', () => {
  const zones = new TimeZones();
  const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone')).map((name) => zones.find(name));
  const at = fc.oneof(
    fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2038, 0, 1) }),
    fc.integer({ min: Date.UTC(1, 0, 1), max: Date.UTC(9999, 0, 1) }),
  );
  // Most moments are nowhere near a change of clocks.
  const near = fc.tuple(zone, at, fc.integer({ min: -300, max: 300 })).map(([one, moment, minutes]) => {
    const from = Math.floor(moment / HOUR) * HOUR;
    const change = one.changeBetween(from, from + 183 * 24 * HOUR) ?? moment;
    return [one, change + minutes * MINUTE] as const;
  });
  fc.assert(
    fc.property(near, fc.constantFrom<BucketSize>('MINUTE', 'HOUR', 'DAY'), fc.nat(), ([one, moment], size, some) => {
      const bucket = bucketAt(one, size, moment);
      const { startsAt, endsAt } = bucket;
      expect(startsAt <= moment && moment < endsAt).toBe(true);
      expect([Math.abs(startsAt % MINUTE), Math.abs(endsAt % MINUTE)]).toEqual([0, 0]);
      const within = [startsAt, startsAt + (some % (endsAt - startsAt)), endsAt - 1];
      for (const other of within) expect(bucketAt(one, size, other)).toEqual<Bucket>(bucket);
      expect(bucketAt(one, size, startsAt - 1).endsAt).toBe(startsAt);
      expect(bucketAt(one, size, endsAt).startsAt).toBe(endsAt);
    }),
    { numRuns: 500 },
  );
});

const refused: [what: string, zone: string, size: BucketSize, from: string, to: string, message: RegExp][] = [
  ['nothing', 'UTC', 'DAY', '2026-01-02T00:00:00Z', '2026-01-02T00:00:00Z', /"to" must be later/],
  ['what ends before it begins', 'UTC', 'DAY', '2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z', /"to" must be later/],
  ['1,501 minutes', 'UTC', 'MINUTE', '2026-01-01T00:00:00Z', '2026-01-02T01:01:00Z', /1500 buckets/],
  ['minutes for ever', 'UTC', 'MINUTE', '0001-01-01T00:00:00Z', '9999-01-01T00:00:00Z', /1500 buckets/],
  ['105 days', 'UTC', 'DAY', '2026-01-01T00:00:00Z', '2026-04-16T00:00:00Z', /for 104 days/],
  ['a week of odd hours', 'Asia/Kolkata', 'HOUR', '1900-01-01T00:00:00Z', '1900-01-08T00:00:00Z', /for 6 days/],
  [
    'a zone that is none',
    'Europe/Atlantis',
    'DAY',
    '2026-01-01T00:00:00Z',
    '2026-01-02T00:00:00Z',
    /no such time zone/,
  ],
  ['an offset', '+05:30', 'DAY', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', /no such time zone/],
];
it.each(refused)('GQL3.1 refuses %s, and says what to ask instead', (_what, zone, size, from, to, message) => {
  const ask = () => edgesBetween(new TimeZones().find(zone), size, Date.parse(from), Date.parse(to));
  expect(ask).toThrow(expect.objectContaining({ code: 'BAD_REQUEST', message: expect.stringMatching(message) }));
});

it('GQL3.1 takes as much as it says: 1,500 minutes, 104 days', () => {
  const zone = new TimeZone('America/Sao_Paulo');
  const from = Date.parse('2026-01-01T03:00:00Z');
  expect(edgesBetween(zone, 'MINUTE', from, from + 1_500 * MINUTE)).toHaveLength(1_501);
  expect(edgesBetween(zone, 'HOUR', from, from + 1_500 * HOUR)).toHaveLength(1_501);
  expect(edgesBetween(zone, 'DAY', from, from + 104 * 24 * HOUR)).toHaveLength(105);
});
