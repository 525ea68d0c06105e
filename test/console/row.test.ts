import { expect, it } from 'vitest';
import { addressOf, filterOf } from '../../console/parts/filter.ts';
import { ownTimeOf } from '../../console/parts/own-time.ts';
import { linkOf } from '../../console/parts/reach-link.ts';
import { linesOf, nextRow, targetOf } from '../../console/parts/sections.ts';
import { happeningName } from '../../console/parts/type-name.ts';
import { en } from '../../console/words/en.ts';
import { es } from '../../console/words/es.ts';
import { ptBR } from '../../console/words/pt-br.ts';
import { canceledRow } from '../support/live-page.ts';

it('CON3.2 holds a filter in an address', () => {
  const filter = { source: 'eduzz', tenant: null, kind: 'TICKET', type: null, what: null, text: 'ção & co' } as const;
  expect(filterOf(new URLSearchParams(addressOf(filter)))).toEqual(filter);
  expect(filterOf(new URLSearchParams('kind=NONE&text='))).toEqual({
    source: null,
    tenant: null,
    kind: null,
    type: null,
    what: null,
    text: null,
  });
  expect(addressOf({ source: null, tenant: null, kind: null, type: null, what: null, text: null })).toBe('');
});

it.each([
  ['OrderChange', { orderChange: 'REFUNDED' }, ['Refunded', 'Reembolsado', 'Reembolsado']],
  ['OrderChange', { orderChange: 'AWAITING_REFUND' }, ['To be refunded', 'A reembolsar', 'Por reembolsar']],
  ['TicketChange', { ticketChange: 'CHECKED_IN' }, ['Checked in', 'Entrou', 'Entró']],
  ['TicketChange', { ticketChange: 'CHECK_IN_UNDONE' }, ['Check-in undone', 'Entrada desfeita', 'Entrada deshecha']],
] as const)('CON9.4 calls by its own name what is only announced or was undone: %s %o', (__typename, said, names) => {
  const { kind: _kind, ...node } = canceledRow(1, { __typename, ...said }).node;
  expect([en, ptBR, es].map((words) => happeningName(node, words))).toEqual(names);
});

const clock = (at: string, timeZone: string | null, written: string) => {
  const own = ownTimeOf(at, timeZone, written);
  return own && [own.zone, new Date(own.shifted).toISOString().slice(0, 19)];
};

it.each([
  ['a zone that it names', 'Europe/Lisbon', '', ['Europe/Lisbon', '2026-07-07T15:30:00']],
  ['a zone rather than an offset', 'Asia/Kathmandu', '2026-07-07T14:30:00Z', ['Asia/Kathmandu', '2026-07-07T20:15:00']],
  ['the offset that was written', null, '2026-07-07T11:30:00.000-03:00', ['-03:00', '2026-07-07T11:30:00']],
  ['an offset without a colon', null, '2026-07-07T20:00:00+0530', ['+05:30', '2026-07-07T20:00:00']],
  ['an offset for a zone that nobody knows', 'Mars/Olympus', '2026-07-07T14:30:00Z', ['UTC', '2026-07-07T14:30:00']],
  ['no zone where none is said', null, '2026-07-07 14:30:00', null],
  ['no zone that is but a date', null, '2026-07-07', null],
])('CON6.3 shows a time as clocks show it there: %s', (_, timeZone, written, expected) => {
  expect(clock('2026-07-07T14:30:00.123Z', timeZone, written)).toEqual(expected);
});

it('CON6.1 goes by keyboard from row to row, past the headings between them', () => {
  const lines = linesOf(
    [1, 2, 3, 4].map((n) => canceledRow(n)),
    ({ cursor }) => (cursor < 'cursor 3' ? 'new' : 'old'),
  );
  expect(lines.map((line) => ('row' in line ? line.key : line.heading))).toEqual([
    'new',
    'cursor 1',
    'cursor 2',
    'old',
    'cursor 3',
    'cursor 4',
  ]);
  const to = (key: string, from: number) => targetOf(key, from, lines, 2);
  expect([to('ArrowDown', 2), to('ArrowUp', 4), to('ArrowUp', 1), to('ArrowDown', 5)]).toEqual([4, 2, 1, 5]);
  expect([to('Home', 5), to('End', 1), to('PageDown', 1), to('PageUp', 5), to('a', 1)]).toEqual([1, 5, 4, 2, -1]);
  expect(nextRow([], 0, 1)).toBe(-1);
});

it.each([
  ['dalva.nogueira+festa@convidado.example', 'mailto:dalva.nogueira%2Bfesta@convidado.example'],
  ['joão@padaria-são.example', 'mailto:jo%C3%A3o@padaria-s%C3%A3o.example'],
  ['+55 (11) 98765-4321', 'tel:+5511987654321'],
  ['11 3456.7890', 'tel:1134567890'],
])('CON6.6 links what looks like an address or a number: %s', (text, link) => {
  expect(linkOf(text)).toBe(link);
});

it.each([
  'javascript:alert(1)',
  'javascript:alert@evil.example',
  'data:text/html,<b>@x.example',
  'mailto:dalva@convidado.example',
  'https://evil.example/dalva@convidado.example',
  'dalva@convidado.example?bcc=other@evil.example',
  'dalva@convidado.example, other@evil.example',
  'dalva@localhost',
  'tel:+5511987654321',
  '*21*5511#',
  '190',
  '12345678901234567890',
  '',
])('CON7.4 leaves what a provider sent as text where it is neither an address nor a number: %s', (text) => {
  expect(linkOf(text)).toBeNull();
});
