import { join } from 'node:path';
import { Writable } from 'node:stream';
import pino from 'pino';
import { expect, it } from 'vitest';
import { HOUR, hourOf } from '../../src/events/answer-count.ts';
import { Silences } from '../../src/ingest/silences.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { newPaused } from '../contract/operators.contract.ts';
import { temporaryFolder } from '../support/gateway.ts';

const BEGIN = Date.UTC(2026, 0, 5);

/** A log in which a source had two deliveries an hour for so many weeks, and gateways that watch it. */
async function watched(weeks: number) {
  const log = new SqliteLog(join(temporaryFolder(), 'hookcast.db'));
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({ write: (chunk, _encoding, done) => (lines.push(JSON.parse(String(chunk))), done()) });
  const clock = { now: BEGIN };
  const gateway = () =>
    new Silences({
      log,
      sources: new Map([
        ['eduzz', 1],
        ['wix', 1],
      ]),
      logger: pino({}, sink),
      now: () => clock.now,
    });
  const answer = (at: number, outcome = 'accepted') => ({
    source: 'eduzz',
    outcome,
    hour: hourOf(at),
    count: 2,
    lastAt: at,
  });
  const answered = (at: number, outcome?: string) => log.answers.add([answer(at, outcome)]);
  await log.answers.add(Array.from({ length: weeks * 168 }, (_, hour) => answer(BEGIN + hour * HOUR + 1_800_000)));
  const last = BEGIN + weeks * 168 * HOUR - 1_800_000;
  const at = async (time: number, ...gateways: Silences[]) => {
    clock.now = time;
    for (const one of gateways) await one.look();
    return gateways.map((one) => one.of('eduzz')?.since ?? null);
  };
  const said = () => lines.splice(0).map(({ level, source, msg }) => [level, source, String(msg).split(':')[0]]);
  return { log, clock, gateway, answered, last, at, said };
}

it('OPS14.2 tells of a silence once, and of its end once, however many gateways there are and however often they start', async () => {
  const { log, clock, gateway, answered, last, at, said } = await watched(4);
  clock.now = last;
  const gateways = [gateway(), gateway()];
  expect(await at(last + HOUR, ...gateways)).toEqual([null, null]);
  expect(said()).toEqual([]);
  const day = last + 24 * HOUR;
  expect(await at(day, ...gateways)).toEqual([last, last]);
  expect(said()).toEqual([[40, 'eduzz', 'a source is silent for longer than it usually is']]);
  // One that starts meanwhile knows of it at once, and does not tell of it again.
  const third = gateway();
  expect(await at(day + 1, third, ...gateways)).toEqual([last, last, last]);
  expect(said()).toEqual([]);
  // Forgeries don't count as deliveries of the source.
  await answered(day + 2, 'signature_invalid');
  expect(await at(day + 3, ...gateways)).toEqual([last, last]);
  await answered(day + 4, 'duplicate');
  expect(await at(day + 5, ...gateways, third)).toEqual([null, null, null]);
  expect(said()).toEqual([[30, 'eduzz', 'a source sends again']]);
  for (const one of [...gateways, third]) one.stop();
  await log.close();
});

it('OPS14.2 takes neither a pause, nor a time in which no gateway ran, for a silence of the source', async () => {
  const { log, clock, gateway, answered, last, at, said } = await watched(4);
  const day = last + 24 * HOUR;
  clock.now = day;
  const one = gateway();
  // Providers have an hour in which to send again.
  expect(await at(day + HOUR / 2, one)).toEqual([null]);
  await answered(day + HOUR / 2);
  await log.pauses.pause(newPaused({ source: 'eduzz' }));
  expect(await at(day + 3 * HOUR, one)).toEqual([null]);
  expect(await at(day + 48 * HOUR, one)).toEqual([null]);
  await log.pauses.resume('eduzz');
  expect(await at(day + 49 * HOUR, one)).toEqual([null]);
  expect(said()).toEqual([]);
  expect(await at(day + 96 * HOUR, one)).toEqual([day + 48 * HOUR]);
  one.stop();
  await log.close();
});
