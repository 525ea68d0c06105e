import { expect, it } from 'vitest';
import { GatewayError } from '../../console/gateway/request.ts';
import { type AskPage, FeedWindow, MOST_LOOKED, MOST_NEW, MOST_ROWS, goesOn } from '../../console/feed/window.ts';
import type { ListedEvent, Row } from '../../console/parts/event.ts';

const PAGE = 100;

/** A log of so many cancellations, oldest first, as the gateway pages through it. */
class Log {
  readonly rows: Row[] = [];
  /** Which pages were asked for. */
  readonly asked: string[] = [];
  failing: GatewayError | null = null;

  constructor(length: number) {
    for (let seq = 0; seq < length; seq += 1) this.append();
  }

  append(): string {
    const cursor = String(this.rows.length);
    this.rows.push({ cursor, node: cancellation(this.rows.length) });
    return cursor;
  }

  readonly ask: AskPage = async (direction, beside, signal) => {
    this.asked.push(`${direction} ${beside}`);
    const at = beside === null ? null : Number(beside);
    const side = this.rows.filter(
      ({ cursor }) => at === null || (direction === 'older' ? Number(cursor) < at : Number(cursor) > at),
    );
    const page = direction === 'older' ? side.slice(-PAGE) : side.slice(0, PAGE);
    const answer = { rows: page.toReversed(), more: side.length > page.length, head: String(this.rows.length - 1) };
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    if (this.failing) throw this.failing;
    return answer;
  };
}

function cancellation(seq: number): ListedEvent {
  return {
    subject: null,
    __typename: 'TicketCancellation',
    id: `id ${seq}`,
    eventId: `event ${seq}`,
    source: 'eduzz',
    provider: 'eduzz',
    type: 'blinket.attendance_canceled',
    kind: 'TICKET',
    title: 'Noite de Choro',
    reference: `number ${seq}`,
    occurredAt: new Date(seq * 1_000).toISOString(),
    receivedAt: new Date(seq * 1_000).toISOString(),
    superseded: false,
    personalData: 'AVAILABLE',
    refundExpected: null,
    isScheduled: false,
    tenant: { id: 'eduzz:1', name: 'P' },
    customer: { name: `Person ${seq}`, email: `${seq}@p.example` },
    canceledBy: { type: 'CUSTOMER' },
  };
}

const cursors = (window: FeedWindow) => window.view.rows.map(({ cursor }) => Number(cursor));
/** From the newest to the oldest of them, without a gap. */
const between = (newest: number, oldest: number) => Array.from({ length: newest - oldest + 1 }, (_, n) => newest - n);
const isWhole = (rows: number[]) => rows.every((seq, index) => index === 0 || seq === rows[index - 1]! - 1);
const numbered = (...seqs: number[]) => {
  const numbers = new Set(seqs.map((seq) => `number ${seq}`));
  return ({ reference }: ListedEvent) => numbers.has(reference ?? '');
};

async function begun(log: Log, at: string | null = null): Promise<FeedWindow> {
  const window = new FeedWindow(log.ask, at);
  await window.begin();
  return window;
}

it('CON3.1 goes back to the oldest and forward to the newest, and keeps no more than a bounded stretch of it', async () => {
  const log = new Log(5_037);
  const window = await begun(log);
  expect(cursors(window)).toEqual(between(5_036, 4_937));
  expect(window.view.newer).toBe('end');
  while (window.view.older === 'more') {
    await window.load('older');
    const rows = cursors(window);
    expect(isWhole(rows)).toBe(true);
    expect(rows.length).toBeLessThanOrEqual(MOST_ROWS);
  }
  expect(cursors(window)).toEqual(between(MOST_ROWS - 1, 0));
  expect(window.view).toMatchObject({ older: 'end', newer: 'more' });
  while (window.view.newer === 'more') {
    await window.load('newer');
    const rows = cursors(window);
    expect(isWhole(rows)).toBe(true);
    expect(rows.length).toBeLessThanOrEqual(MOST_ROWS);
  }
  expect(cursors(window)).toEqual(between(5_036, 5_036 - MOST_ROWS + 1));
  expect(window.view).toMatchObject({ older: 'more', newer: 'end' });
});

it('CON3.1 begins at any row with those on both sides of it', async () => {
  const log = new Log(250);
  const middle = await begun(log, '130');
  expect(cursors(middle)).toEqual(between(129 + PAGE, 30));
  expect(middle.top).toBe('130');
  for (const [at, newest, oldest] of [
    ['249', 249, 149],
    ['0', 99, 0],
  ] as const) {
    const window = await begun(log, at);
    expect(cursors(window)).toEqual(between(newest, oldest));
    expect(window.top).toBe(at);
  }
  // Forgotten, or not one that fits: what came next before it is at the top.
  log.rows.splice(130, 1);
  expect((await begun(log, '130')).top).toBe('129');
});

it('CON3.1 loads one page at a time, however many are asked for at once', async () => {
  const log = new Log(1_000);
  const window = await begun(log, '500');
  log.asked.length = 0;
  await Promise.all([window.load('older'), window.load('older'), window.load('newer'), window.load('older')]);
  expect(log.asked).toEqual(['older 400']);
  expect(cursors(window)).toEqual(between(599, 300));
});

it('CON3.4 says at which end of the list loading failed, keeps the rows, and tries again', async () => {
  const log = new Log(300);
  const window = await begun(log);
  log.failing = new GatewayError('UNREACHABLE', '');
  await window.load('older');
  expect(window.view.older).toBe(log.failing);
  expect(window.view.rows).toHaveLength(PAGE);
  // Nearness asks for nothing while it fails: it would ask again and again.
  expect(goesOn(window.view, 'older')).toBe(false);
  log.failing = null;
  window.again();
  await expect.poll(() => window.view.rows.length).toBe(200);

  log.failing = new GatewayError('CURSOR_EXPIRED', '');
  const expired = await begun(log, '7');
  expect(expired.view).toMatchObject({ begun: false, older: log.failing, rows: [] });
  log.failing = null;
  expired.again();
  await expect.poll(() => expired.view.begun).toBe(true);
});

it('CON3.4 counts what arrives beyond the newest, once and not what was loaded meanwhile', async () => {
  const log = new Log(10);
  const window = await begun(log);
  const first = log.append();
  window.arrive([first]);
  window.arrive([first]);
  // Told only after the page that it was on.
  window.arrive(['9']);
  expect(window.view.arrived).toBe(1);
  expect(cursors(window)).toEqual(between(9, 0));

  const old = new Log(3 * PAGE);
  const earlier = await begun(old, '10');
  const later = old.append();
  earlier.arrive([later]);
  while (earlier.view.newer === 'more') await earlier.load('newer');
  earlier.arrive([later]);
  expect(earlier.view.arrived).toBe(0);
  for (let count = 0; count < MOST_NEW + 10; count += 1) earlier.arrive([`new ${count}`]);
  expect(earlier.view.arrived).toBe(MOST_NEW);
});

it('CON1.2 takes events that arrive out of sight, each once, and none after a gap', async () => {
  const log = new Log(10);
  const window = await begun(log);
  const arrived = Array.from({ length: 2 * PAGE + 5 }, () => log.append());
  window.arrive(arrived.slice(0, 120));
  const following = window.follow();
  // Told while the pages that they are on are asked for.
  window.arrive(arrived.slice(120));
  await following;
  expect(cursors(window)).toEqual(between(10 + 2 * PAGE + 4, 0));
  expect(window.view).toMatchObject({ arrived: 0, isFollowing: true, newer: 'end' });
  // Told once more, of pages before the last.
  window.arrive(arrived);
  expect(window.view.arrived).toBe(0);

  // What was told of and is in no page is not of this list any more, and doesn't wait for ever.
  window.arrive(['gone']);
  await window.follow();
  expect(window.view.arrived).toBe(0);

  // More than could be loaded as fast as they come: the newest, and the others when somebody scrolls there.
  const many = Array.from({ length: 4 * PAGE }, () => log.append());
  const before = log.asked.length;
  window.arrive(many);
  await window.follow();
  expect(log.asked.length).toBe(before + 1);
  const newest = Number(many.at(-1));
  expect(cursors(window)).toEqual(between(newest, newest - PAGE + 1));
  expect(window.view).toMatchObject({ arrived: 0, older: 'more', newer: 'end' });
  await window.load('older');
  expect(cursors(window)).toEqual(between(newest, newest - 2 * PAGE + 1));

  window.lacks('RETENTION');
  const asked = log.asked.length;
  window.arrive([log.append()]);
  await window.follow();
  expect(log.asked.length).toBe(asked);
});

it('CON3.3 searches for a text in the loaded rows and then further back, up to a bound', async () => {
  const log = new Log(4_000);
  const window = await begun(log);
  const search = window.matching(numbered(3_999, 3_950, 3_000, 1_500));
  expect(cursors(search)).toEqual([3_999, 3_950]);
  expect(log.asked).toHaveLength(1);

  await search.look();
  expect(cursors(search)).toEqual([3_999, 3_950, 3_000]);
  const looked = PAGE + MOST_LOOKED;
  expect(search.view).toMatchObject({
    older: 'paused',
    looked: { count: looked, back: new Date((4_000 - looked) * 1_000).toISOString() },
  });
  // Where it pauses it goes on when it is told to, and not because the list is short.
  expect(goesOn(search.view, 'older')).toBe(false);
  while (search.view.older !== 'end') await search.load('older');
  expect(cursors(search)).toEqual([3_999, 3_950, 3_000, 1_500]);
  expect(search.view.looked?.count).toBe(4_000);
  // What the search is in stays as it was.
  expect(cursors(window)).toEqual(between(3_999, 3_900));
});

it('CON3.3 looks no further than it must where much fits, and keeps no more of it', async () => {
  const log = new Log(3_000);
  const search = (await begun(log)).matching(({ reference }) => Number(reference?.slice(7)) % 2 === 0);
  log.asked.length = 0;
  await search.look();
  expect(log.asked).toEqual([]);
  expect(goesOn(search.view, 'older')).toBe(true);
  await search.load('older');
  expect(log.asked).toEqual(['older 2900']);
});

it('CON3.4 stops when the list is no longer shown', async () => {
  const log = new Log(4_000);
  const search = (await begun(log)).matching(() => false);
  const looking = search.look();
  search.leave();
  await looking;
  expect(log.asked).toEqual(['older null', 'older 3900']);
});

it('CON1.8 shows a revised event in its place, and drops one that no longer fits', async () => {
  const log = new Log(150);
  const window = await begun(log);
  const search = window.matching(({ title }) => title === 'Noite de Choro');
  for (const one of [window, search]) {
    one.revise({ ...cancellation(149), title: 'Noite de Samba' }, true);
    one.revise(cancellation(148), false);
    one.revise(cancellation(3), true);
  }
  const first = ({ view }: FeedWindow) => view.rows.slice(0, 2).map(({ cursor, node }) => [cursor, node.title]);
  expect(first(window)).toEqual([
    ['149', 'Noite de Samba'],
    ['147', 'Noite de Choro'],
  ]);
  expect(first(search)[0]).toEqual(['147', 'Noite de Choro']);
  expect(window.view.rows).toHaveLength(99);
  // 3 is older than what is loaded.
  expect([window.view.isStale, search.view.isStale]).toEqual([false, false]);
});

it('CON1.8 loads anew what fits only since it was revised', async () => {
  const log = new Log(150);
  const late = log.rows.splice(120, 1)[0]!;
  const window = await begun(log);
  expect(window.view.rows.some(({ cursor }) => cursor === '120')).toBe(false);
  log.rows.splice(120, 0, late);
  window.revise(late.node, true);
  window.revise({ ...late.node, id: 'unwanted' }, false);
  await window.follow();
  expect(window.view.rows.some(({ cursor }) => cursor === '120')).toBe(true);
  expect(window.view.isStale).toBe(false);
  expect(log.asked).toEqual(['older null', 'older null']);
});

it('CON2.2 forgets an erased person even if a page with them was on its way', async () => {
  const log = new Log(150);
  const window = await begun(log);
  const loading = window.load('older');
  // The page was read before, and comes after it.
  window.erase('eduzz', ['event 149', 'event 20']);
  window.erase('other', ['event 148']);
  await loading;
  const known = window.view.rows.filter(({ node }) => node.customer?.name);
  expect(known).toHaveLength(148);
  for (const seq of [149, 20]) {
    const { node } = window.view.rows.find(({ cursor }) => cursor === String(seq))!;
    expect(node).toMatchObject({ personalData: 'ERASED', reference: null, customer: null });
  }
});
