import { pino } from 'pino';
import { expect, it } from 'vitest';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { ofAccounts } from '../../src/providers/accounts.ts';
import { bikes, rentalCancelled, signedBike } from '../fixtures/bikes.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { TestGateway, signedAsEduzz, temporaryFolder } from '../support/gateway.ts';
import { measured } from '../support/metrics.ts';

const [RECIFE, OLINDA] = ['the secret of recife', 'the secret of olinda'];
const sources = new Map([
  ['tickets-recife', ofAccounts(eduzz({ secrets: [RECIFE] }), ['40021'])],
  ['tickets-olinda', ofAccounts(eduzz({ secrets: [OLINDA] }), ['51300'])],
]);

const ticketOf = (producer: string, fields: Parameters<typeof attendanceCanceled>[0] = {}) =>
  JSON.stringify(attendanceCanceled({ producer: { id: producer }, ...fields }));

it('IN2.12 keeps what one producer signs out of another’s account: no event, nothing in quarantine, a count', async () => {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line) as never) });
  const gateway = await TestGateway.start({ sources, logger });
  const post = async (source: string, body: string, secret: string) =>
    (await gateway.post(source, signedAsEduzz(body, secret))).body['status'];
  expect(await post('tickets-recife', ticketOf('40021', { id: 'of-recife' }), RECIFE)).toBe('accepted');
  expect(await post('tickets-olinda', ticketOf('40021', { id: 'forged' }), OLINDA)).toBe('ignored');
  const unfit = ticketOf('40021', { id: 'odd', participant: { id: ['odd'] } });
  expect(await post('tickets-olinda', unfit, OLINDA)).toBe('ignored');
  expect(await post('tickets-recife', unfit, RECIFE)).toBe('quarantined');
  expect(await post('tickets-olinda', ticketOf('51300', { id: 'of-olinda' }), OLINDA)).toBe('accepted');

  const SEEN =
    '{ events { edges { node { eventId source tenant { id } } } } quarantine { edges { node { source } } } }';
  const { data } = await gateway.query(SEEN);
  expect(data!['events'].edges.map(({ node }: any) => [node.eventId, node.source, node.tenant.id])).toEqual([
    ['of-recife', 'tickets-recife', 'eduzz:40021'],
    ['of-olinda', 'tickets-olinda', 'eduzz:51300'],
  ]);
  expect(data!['quarantine'].edges).toEqual([{ node: { source: 'tickets-recife' } }]);
  const ignored = 'hookcast_webhook_requests_total{source="tickets-olinda",outcome="ignored"}';
  expect(await measured(gateway.url, ignored)).toBe(2);
  const { data: counted } = await gateway.query('{ sources { name answers { outcome lastHour } } }');
  expect(counted!['sources'].find(({ name }: any) => name === 'tickets-olinda').answers).toContainEqual({
    outcome: 'IGNORED',
    lastHour: 2,
  });
  // The gateway's log has the reason, and nothing of the signed body.
  const said = lines.filter(({ outcome }) => outcome === 'ignored');
  const reason = 'it belongs to an account that this source does not accept';
  expect(said).toMatchObject([{ source: 'tickets-olinda', reason }, { reason }]);
  expect(JSON.stringify(said)).not.toMatch(/40021|forged|Iara/);
});

it('IN2.12 releases nothing from quarantine for an account that the source does not take any more', async () => {
  const folder = temporaryFolder();
  const before = await TestGateway.start({ folder, sources: new Map([['bikes', bikes(1)]]) });
  for (const shop of ['recife', 'olinda']) {
    const { body } = await before.post('bikes', signedBike(rentalCancelled({ id: `of-${shop}`, shop, bike: 41 })));
    expect(body).toMatchObject({ status: 'quarantined' });
  }
  await before.close();
  const gateway = await TestGateway.start({ folder, sources: new Map([['bikes', ofAccounts(bikes(2), ['recife'])]]) });
  const { data } = await gateway.query('{ quarantine { edges { node { id eventId } } } }');
  const released: Record<string, unknown> = {};
  for (const { node } of data!['quarantine'].edges) {
    const { data: decided } = await gateway.query(
      'mutation ($id: ID!) { releaseQuarantined(id: $id) { state issues { message } } }',
      { id: node.id },
    );
    released[node.eventId] = decided!['releaseQuarantined'];
  }
  expect(released).toMatchObject({
    'of-recife': { state: 'RELEASED' },
    'of-olinda': { state: 'WAITING', issues: [{ message: expect.stringContaining('does not accept') }] },
  });
});
