import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Cursor, decodeCursor, encodeCursor } from '../../src/events/cursor.ts';
import type { SharedOperation } from '../../src/live/cohort.ts';
import { Live } from '../../src/live/live.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { ticket } from '../fixtures/eduzz.ts';
import { TestGateway, makeToken, temporaryFolder } from '../support/gateway.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** The messages of an SSE stream that resumes after `lastEventId`, until it has caught up. The body may name another place. */
async function sse(gateway: TestGateway, lastEventId: string, after?: string): Promise<string> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${await makeToken()}`,
      'last-event-id': lastEventId,
    },
    body: JSON.stringify({ query: EVENTS, variables: { after } }),
  });
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes('"CaughtUp"')) break;
  }
  return text;
}

it('LIVE3.5 tells returning clients that the log was put back, also if it has grown past their cursors since', async () => {
  const first = await TestGateway.start();
  for (const number of numbers(1, 3)) await first.eduzz(ticket(`kept${number}`));
  await first.close();
  const backup = join(first.folder, 'hookcast.db');
  const folder = temporaryFolder();
  copyFileSync(backup, join(folder, 'hookcast.db'));

  // What is lost with the restart that puts the backup back.
  const second = await TestGateway.start({ folder });
  for (const number of numbers(1, 4)) await second.eduzz(ticket(`lost${number}`));
  const before = await Subscriber.open(second, { query: EVENTS, variables: { after: null } });
  await before.caughtUp();
  const page = await second.query('{ events(first: 10) { head pageInfo { endCursor } edges { cursor } } }');
  const { head, pageInfo, edges } = page.data!['events'];
  const cursors: string[] = edges.map(({ cursor }: any) => cursor);
  // A position is written in the same way everywhere.
  expect([before.messages[0]?.cursor, head, pageInfo.endCursor]).toEqual(Array(3).fill(cursors[6]));
  await second.close();
  copyFileSync(backup, join(folder, 'hookcast.db'));

  const third = await TestGateway.start({ folder });
  for (const number of numbers(1, 6)) await third.eduzz(ticket(`new${number}`));
  const all = [...numbers(1, 3).map((number) => `kept${number}`), ...numbers(1, 6).map((number) => `new${number}`)];
  for (const cursor of [cursors[3]!, head]) {
    const back = await Subscriber.open(third, { query: EVENTS, variables: { after: cursor } });
    await back.caughtUp();
    expect(back.messages[0]).toMatchObject({ __typename: 'Gap', reason: 'LOG_REPLACED', after: cursor });
    expect(back.eventIds).toEqual(all);
    const streamed = await sse(third, cursor);
    expect(streamed).toMatch(/"__typename":"Gap"[^\n]*"LOG_REPLACED"/);
    for (const id of all) expect(streamed).toContain(id);
    for (const range of ['first: 10, after: $cursor', 'last: 10, before: $cursor']) {
      const { errors } = await third.query(`query ($cursor: String) { events(${range}) { head } }`, { cursor });
      expect(errors?.[0]?.extensions?.['code'], range).toBe('CURSOR_EXPIRED');
    }
  }
  // A client of event streams sends its first body again and again. What it has read since counts.
  const now = await third.query('{ events(first: 10) { edges { cursor } } }');
  const resumed = await sse(third, now.data!['events'].edges[4].cursor, head);
  expect(resumed).not.toContain('"Gap"');
  expect(numbers(1, 6).filter((number) => resumed.includes(`new${number}`))).toEqual([3, 4, 5, 6]);
  expect(await sse(third, cursors[5]!, head)).toMatch(/"__typename":"Gap"[^\n]*"LOG_REPLACED"/);
  // What was kept is still what it was, and a cursor of an older hookcast says nothing of its event.
  const { epoch, seq } = decodeCursor(head);
  for (const [cursor, from] of [
    [cursors[2]!, 3],
    [encodeCursor({ epoch, seq: 2 }), 2],
    [encodeCursor({ epoch, seq }), 7],
  ] as const) {
    const back = await Subscriber.open(third, { query: EVENTS, variables: { after: cursor } });
    await back.caughtUp();
    expect(back.messages.map(({ __typename }) => __typename)).not.toContain('Gap');
    expect(back.eventIds).toEqual(all.slice(from));
    const { data } = await third.query(
      'query ($cursor: String) { events(first: 10, after: $cursor) { edges { node { eventId } } } }',
      { cursor },
    );
    expect(data?.['events'].edges.map(({ node }: any) => node.eventId)).toEqual(all.slice(from));
  }
});

it('LIVE3.5 compares a cursor also with the events in memory, in the ring and on kept pages', async () => {
  const log = new SqliteLog(join(temporaryFolder(), 'hookcast.db'));
  await log.append(Array.from({ length: 200 }, () => newEvent()));
  const { events } = await log.read({ direction: 'forward', limit: 200, filter: {} });
  const following: SharedOperation = { key: 'all', filter: {}, render: ({ kind }) => Buffer.from(kind) };
  const live = new Live({ log, report: (cause) => expect.fail(String(cause)), ringItems: 50 });
  const read = async (after: Cursor | null) => {
    const kinds: string[] = [];
    const outlet = {
      hasRoom: () => true,
      write: ({ bytes }: { bytes: Buffer }) => void kinds.push(String(bytes)),
      end() {},
    };
    const subscriber = live.follow(following, after, outlet);
    await expect.poll(() => kinds.includes('caughtUp'), { interval: 5 }).toBe(true);
    return {
      subscriber,
      gaps: kinds.filter((kind) => kind === 'gap').length,
      events: kinds.filter((kind) => kind === 'event').length,
    };
  };
  // Reads the pages that are kept, and has the tail follow.
  const reader = await read(events[9]!.cursor);
  expect(reader).toMatchObject({ gaps: 0, events: 190 });
  for (const index of [9, 30, 100, 149, 150, 199]) {
    const { epoch, seq, mark = 0 } = events[index]!.cursor;
    const rest = 199 - index;
    for (const cursor of [
      { epoch, seq, mark },
      { epoch, seq },
    ]) {
      const again = await read(cursor);
      expect(again, `${index}`).toMatchObject({ gaps: 0, events: rest });
      again.subscriber.end();
    }
    const other = await read({ epoch, seq, mark: mark === 0 ? 1 : mark - 1 });
    expect(other, `${index}`).toMatchObject({ gaps: 1, events: 200 });
    other.subscriber.end();
  }
  reader.subscriber.end();
  live.close();
  await log.close();
});
