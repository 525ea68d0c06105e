import { expect, it } from 'vitest';
import { PAGE_BYTES } from '../../src/events/event-log.ts';
import type { Erasure } from '../../src/events/erasure.ts';
import type { RecordedEvent } from '../../src/events/event.ts';
import type { Item } from '../../src/live/message.ts';
import { Ration } from '../../src/live/ration.ts';
import { Ring } from '../../src/live/ring.ts';

it('LIVE2.5 gives all readers a bounded memory together, in the order of asking, and lets none wait for ever', async () => {
  let waited = 0;
  const ration = new Ration(10, () => (waited += 1));
  const begun: string[] = [];
  const ask = (name: string, bytes: number) =>
    ration.take(bytes).then((portion) => {
      begun.push(name);
      return portion;
    });
  const [first, second] = await Promise.all([ask('first', 4), ask('second', 4)]);
  // More than there ever is: it gets all, and so waits for everybody; and who comes later waits behind it.
  const [all, last] = [ask('all', 1_000), ask('last', 1)];
  await Promise.resolve();
  expect(begun).toEqual(['first', 'second']);
  expect([waited, ration.taken]).toEqual([2, 8]);
  first.giveBack(1);
  second.giveBack();
  expect(ration.taken).toBe(1);
  first.giveBack();
  const portion = await all;
  expect(begun).toEqual(['first', 'second', 'all']);
  expect(ration.taken).toBe(10);
  // Twice is once.
  portion.giveBack();
  portion.giveBack();
  (await last).giveBack();
  expect(begun).toEqual(['first', 'second', 'all', 'last']);
  expect(ration.taken).toBe(0);
});

it('LIVE2.6 keeps as many of the newest items as their bytes allow, whatever makes them large', () => {
  const epoch = 'the-epoch';
  const kept = (make: (seq: number) => Item) => {
    const ring = new Ring({ epoch, seq: 0 }, 1_000);
    for (let seq = 1; seq <= 100; seq += 1) ring.add(make(seq));
    let from = 0;
    while (ring.after({ epoch, seq: from }) === null) from += 1;
    return 100 - from;
  };
  const event = (bytes: number) => (seq: number) => {
    const cursor = { epoch, seq };
    return { kind: 'event', cursor, event: { cursor, bytes } as RecordedEvent } as const;
  };
  expect(kept(event(3_000))).toBe(100);
  expect(kept(event(PAGE_BYTES))).toBe(15);
  expect(kept(event(4 * PAGE_BYTES))).toBe(3);
  const eventIds = Array.from({ length: 10_000 }, (_, index) => `event-${index}`);
  const erasure = (seq: number) => {
    const cursor = { epoch, seq };
    return { kind: 'erasure', cursor, erasure: { cursor, eventIds } as unknown as Erasure } as const;
  };
  expect(kept(erasure)).toBe(16);
});
