import { expect, it } from 'vitest';
import { Bells } from '../../console/feed/bells.ts';
import { Gathering, inView } from '../../console/feed/news.ts';
import { canceledRow } from '../support/live-page.ts';

const ticket = canceledRow(1).node;
const { kind: _kind, ...noCancellation } = ticket;
const order = (n: number, orderChange: string) => ({
  ...noCancellation,
  id: `order ${n}`,
  __typename: 'OrderChange',
  orderChange,
});

it('CON11.1 knows without the gateway what belongs to a view', () => {
  for (const [search, isIn] of [
    ['', true],
    ['what=cancelled', true],
    ['kind=TICKET&source=eduzz&tenant=eduzz:40021', true],
    ['kind=ORDER', false],
    ['source=wix', false],
    ['tenant=eduzz:7', false],
    ['what=paid', false],
    ['type=OrderChange', false],
    ['from=2026-03-07T14:30Z', true],
    ['to=2026-03-07T14:30Z', false],
    ['from=2026-03-07T14:31Z', false],
  ] as const)
    expect(inView(search)(ticket), search).toBe(isIn);
  expect(inView('what=paid')(order(1, 'PAID'))).toBe(true);
  expect(inView('what=paid')(order(1, 'REFUNDED'))).toBe(false);
});

it('CON11.1 notifies of each event once, for the first view that wants it, and not if no view wants it any more', () => {
  const kept = new Map<string, string>([['hookcast.bells', '[{"search":"what=paid","isLoud":true},7,{"search":1}]']]);
  const bells = new Bells({
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  });
  bells.set({ search: '', isLoud: false });
  expect(bells.view.all).toEqual([
    { search: 'what=paid', isLoud: true },
    { search: '', isLoud: false },
  ]);
  const gathering = new Gathering();
  const added = [order(1, 'PAID'), order(1, 'PAID'), ticket].map((event) => gathering.add(bells.view.all, event));
  expect(added).toEqual([true, false, true]);
  const told = () =>
    gathering.take(bells.view.all).map(({ bell, events }) => [bell.search, events.map(({ id }) => id)]);
  expect(told()).toEqual([
    ['what=paid', ['order 1']],
    ['', ['id 1']],
  ]);
  expect([gathering.add(bells.view.all, ticket), told()]).toEqual([false, []]);
  expect(gathering.add(bells.view.all, order(2, 'PAID'))).toBe(true);
  bells.remove('what=paid');
  expect(told()).toEqual([]);
  expect(gathering.add([], order(3, 'PAID'))).toBe(false);
});
