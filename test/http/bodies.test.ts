import { type Socket, connect } from 'node:net';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { ticket } from '../fixtures/eduzz.ts';
import { EDUZZ_SECRET, TestGateway, makeToken } from '../support/gateway.ts';
import { met } from '../support/metrics.ts';

const STRANGER = '203.0.113.9';
const PROVIDER = '198.51.100.7';

/** A body of 10,000 bytes without its last one. */
function stall({ url }: TestGateway, address: string, { path = '/webhooks/eduzz', more = '' } = {}) {
  const socket: Socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  let said = '';
  socket.on('error', () => {});
  socket.on('data', (chunk) => (said += String(chunk)));
  onTestFinished(() => void socket.destroy());
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: a\r\nx-forwarded-for: ${address}\r\n${more}content-length: 10000\r\n\r\n` +
      'x'.repeat(9_999),
  );
  return { socket, status: () => said.slice(9, 12), said: () => said };
}

async function deliver(gateway: TestGateway, id: string, address: string): Promise<number> {
  const { headers, body } = signAsEduzz(ticket(id), EDUZZ_SECRET);
  return (await gateway.post('eduzz', { headers: { ...headers, 'x-forwarded-for': address }, body })).status;
}

// The limit of unfinished bodies is divided among workers, so that each has less.
it('OPS5.4 gives an address a share of the bodies that are not whole yet, and takes the deliveries of others', async () => {
  const env = { MAX_BODY_BYTES: '16384', MAX_UNFINISHED_BYTES: '131072', TRUST_PROXY: 'loopback' };
  const gateway = await TestGateway.start({ env, inThisProcess: true });
  const stalled = Array.from({ length: 50 }, () => stall(gateway, STRANGER));
  const refused = () => stalled.filter(({ status }) => status() === '429');
  // Three fit into a quarter.
  await expect.poll(() => refused().length).toBe(47);
  expect(refused()[0]!.said()).toMatch(/retry-after: \d+\r\n/);
  expect(await met(gateway.url, 'unfinished')).toBe(47);
  for (const id of ['one', 'two']) expect(await deliver(gateway, id, PROVIDER)).toBe(200);

  // Each way out: cut, ended and refused. Afterwards there is place for as many as there was before.
  const held = stalled.filter(({ status }) => status() === '');
  expect(held).toHaveLength(3);
  held[0]!.socket.destroy();
  for (const { socket } of held.slice(1)) socket.write('x');
  await expect.poll(() => held.slice(1).map(({ status }) => status())).toEqual(['401', '401']);
  const authorization = `authorization: Bearer ${await makeToken()}\r\ncontent-type: application/json\r\n`;
  const again = Array.from({ length: 4 }, () => stall(gateway, STRANGER, { path: '/graphql', more: authorization }));
  await expect.poll(() => again.filter(({ status }) => status() === '429')).toHaveLength(1);
  expect(again.filter(({ status }) => status() === '')).toHaveLength(3);
});

it('OPS5.4 answers 503 when all unfinished bodies together take too much', async () => {
  const env = { MAX_BODY_BYTES: '16384', MAX_UNFINISHED_BYTES: '65536', TRUST_PROXY: 'loopback' };
  const lines: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const gateway = await TestGateway.start({ env, inThisProcess: true, logger });
  const stalled = [1, 2, 3, 4, 5, 6, 7, 8].map((last) => stall(gateway, `203.0.113.${last}`));
  const refused = () => stalled.filter(({ status }) => status() === '503');
  await expect.poll(() => refused().length).toBe(2);
  expect(refused()[0]!.said()).toMatch(/retry-after: \d+\r\n[^]*"OVERLOADED"/);
  for (const { socket } of stalled) socket.destroy();
  await expect.poll(() => deliver(gateway, 'after', PROVIDER)).toBe(200);
  // That strangers have taken the place says nothing of the log.
  expect(lines.join('')).not.toContain("the log can't be written");
});

it('OPS5.4 counts bodies that are too large, of deliveries and of queries', async () => {
  const gateway = await TestGateway.start({ env: { MAX_BODY_BYTES: '1024' } });
  expect(await gateway.post('eduzz', { body: 'x'.repeat(1_025) })).toMatchObject({ status: 413 });
  expect(await gateway.query(`{ __typename }${' '.repeat(1_025)}`)).toMatchObject({
    errors: [{ extensions: { code: 'BODY_TOO_LARGE' } }],
  });
  expect(await met(gateway.url, 'body')).toBe(2);
});
