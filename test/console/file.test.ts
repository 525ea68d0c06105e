import { expect, it } from 'vitest';
import type { ExportPage, ExportedRow } from '../../console/export/export-pages.ts';
import { Exporting } from '../../console/export/exporting.ts';
import { delimiterOf, formatOf } from '../../console/export/formats.ts';
import { GatewayError } from '../../console/gateway/request.ts';
import type { ListedEvent } from '../../console/parts/event.ts';
import { en } from '../../console/words/en.ts';
import { columnsOf } from '../../src/export/columns.ts';
import { exportedOf } from '../../src/export/exported-event.ts';
import { canceledRow } from '../support/live-page.ts';

process.env['TZ'] = 'America/Sao_Paulo';

function row(n: number, more: Partial<ListedEvent> = {}): ExportedRow {
  const { cursor, node } = canceledRow(n, more);
  const { total, __typename: typename, subject } = node;
  const edge = { cursor, worth: total ?? null, values: { quantity: n }, personalValues: { note: '=1+1' } };
  const exported = { ...node, typename, subject, occurredAtText: node.occurredAt, origin: 'WEBHOOK', raw: null };
  return { node, event: exportedOf({ ...edge, node: exported }, { people: true, raw: false }) };
}

it('CON3.7 writes CSV in words with the columns of every export behind them, in which no text is a formula', () => {
  const total = { amount: '-12.50', currency: 'BRL' };
  const rows = [
    row(1, { customer: { name: '=HYPERLINK("//x")', email: '+5511' }, total, title: 'A "B", C\nD' }),
    row(2, { customer: null, title: null, subject: null }),
  ];
  const { begin, lines } = formatOf('csv', en, { people: true, delimiter: 'comma' });
  const columns = columnsOf({ people: true, raw: false }).map(([name]) => name);
  const others = columns.filter((name) => name !== 'amount' && name !== 'currency');
  expect(begin).toBe(`\uFEFFWhen,What happened,What,Who,E-mail,Amount,Currency,${others.join(',')}\r\n`);
  const behind = (n: number, subject: string) =>
    `id ${n},TicketCancellation,eduzz,eduzz,blinket.attendance_canceled,event ${n},eduzz:40021,${subject},` +
    `2026-03-07T14:30:00.000Z,2026-03-07T14:30:01.000Z,WEBHOOK,false,AVAILABLE,"{""quantity"":${n}}","{""note"":""=1+1""}"\r\n`;
  expect(lines(rows)).toBe(
    `2026-03-07 11:30:00,Cancelled,"A ""B"", C\nD","'=HYPERLINK(""//x"")",'+5511,-12.50,BRL,${behind(1, 'ticket/1')}` +
      `2026-03-07 11:30:00,Cancelled,,,,,,${behind(2, '')}`,
  );
  expect(JSON.parse(formatOf('ndjson', en, { people: true, delimiter: 'comma' }).lines(rows.slice(0, 1)))).toEqual(
    rows[0]!.event,
  );
});

it('CON3.7 divides the cells of CSV as spreadsheets of the region do, with decimals of theirs', () => {
  const of = (language: string, ...preferred: string[]) => delimiterOf(language, preferred);
  expect([of('pt-BR', 'pt-BR', 'en'), of('pt-BR', 'en-US'), of('es', 'en', 'es-ES')]).toEqual(
    Array(3).fill('semicolon'),
  );
  expect([of('en', 'en-GB'), of('es', 'es-MX')]).toEqual(['comma', 'comma']);
  const { begin, lines } = formatOf('csv', en, { people: false, delimiter: 'semicolon' });
  expect(begin).toMatch(/^\uFEFFWhen;What happened;What;Who;E-mail;Amount;Currency;id;/);
  const total = { amount: '-1234.50', currency: 'BRL' };
  const line = lines([row(1, { title: 'A; B, =C', total })]);
  expect(line).toMatch(
    /^2026-03-07 11:30:00;Cancelled;"A; B, =C";João Pereira;joao@convidado\.example;-1234,50;BRL;id 1;/,
  );
});

/** Pages of ten, newest first, of so many events. */
function pagesOf(count: number, fail: (before: string | null) => boolean = () => false) {
  return async (before: string | null): Promise<ExportPage> => {
    if (fail(before)) throw new GatewayError('UNREACHABLE', '');
    const from = before === null ? count : Number(before);
    const rows = Array.from({ length: Math.min(10, from) }, (_, index) => row(from - index));
    return { rows, next: from > 10 ? String(from - 10) : null };
  };
}

const numbersIn = async (exporting: Exporting) =>
  (await exporting.file().text())
    .trimEnd()
    .split('\n')
    .map((line) => Number(JSON.parse(line).values.quantity));
const format = formatOf('ndjson', en, { people: true, delimiter: 'comma' });

it('CON3.7 says how many there are, what was looked through, and where the file was cut', async () => {
  const all = new Exporting({ format, page: pagesOf(25), matches: null });
  await all.run();
  expect(all.view).toMatchObject({ state: 'done', events: 25, looked: 25, back: '2026-03-07T14:30:01.000Z' });
  expect(await numbersIn(all)).toEqual(Array.from({ length: 25 }, (_, index) => 25 - index));
  const some = new Exporting({ format, page: pagesOf(25), matches: ({ id }) => id.endsWith('5') });
  await some.run();
  expect([some.view.state, some.view.events, some.view.looked]).toEqual(['done', 3, 25]);
  expect(await numbersIn(some)).toEqual([25, 15, 5]);
  for (const [most, expected] of [
    [12, 'cut'],
    [20, 'cut'],
    [25, 'done'],
  ] as const) {
    const cut = new Exporting({ format, page: pagesOf(25), matches: null, most });
    await cut.run();
    expect([cut.view.state, cut.view.events, (await numbersIn(cut)).at(-1)]).toEqual([expected, most, 26 - most]);
  }
});

it('CON3.7 goes on where it was after it was stopped or failed, with every event once', async () => {
  let isAway = true;
  let stops = 1;
  const exporting: Exporting = new Exporting({
    format,
    page: pagesOf(25, (before) => {
      if (before === '5' && stops > 0) {
        stops -= 1;
        exporting.stop();
      }
      return before === '15' && isAway;
    }),
    matches: null,
  });
  await exporting.run();
  expect(exporting.view).toMatchObject({ state: 'failed', events: 10, error: { code: 'UNREACHABLE' } });
  isAway = false;
  await exporting.run();
  expect(exporting.view).toMatchObject({ state: 'stopped', events: 20, error: null });
  await exporting.run();
  expect(exporting.view.state).toBe('done');
  expect(await numbersIn(exporting)).toEqual(Array.from({ length: 25 }, (_, index) => 25 - index));
});
