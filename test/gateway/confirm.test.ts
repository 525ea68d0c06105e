import { once } from 'node:events';
import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { formBody } from '../../src/providers/body.ts';
import { defineProvider, refuse } from '../../src/providers/define-provider.ts';
import type { Confirm } from '../../src/providers/verify/confirm.ts';
import { unsigned } from '../../src/providers/verify/unsigned.ts';
import { TestGateway } from '../support/gateway.ts';

const PATH = 'k3Yq-0uZ_x8bQm4tR7wLp2';

/** The API of a sender. */
let answer: (id: string, response: ServerResponse) => void;
const asked: string[] = [];
const api = createServer((request, response) => {
  const id = request.url!.slice(1);
  asked.push(id);
  answer(id, response);
});

const confirm: Confirm = async ({ id }, { signal }) => {
  const { port } = api.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/${String(id)}`, { signal });
  if (response.status === 404) return null;
  if (response.status === 410) refuse('It is gone.');
  if (!response.ok) throw new TypeError('a message that may quote what was sent');
  return (await response.json()) as Record<string, unknown> | boolean;
};

const mollie = (confirmWithin: number) =>
  defineProvider({
    name: 'mollie',
    verify: unsigned({ path: [PATH], body: formBody, confirm, confirmWithin }),
    about: ({ payload }) => ({
      type: `payment.${typeof payload['status'] === 'string' ? payload['status'] : 'changed'}`,
    }),
    events: {},
  });

let gateway: TestGateway;
beforeAll(async () => {
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  gateway = await TestGateway.start({
    lasting: true,
    sources: new Map([
      ['mollie', mollie(60_000)],
      ['quick', mollie(40)],
    ]),
  });
});
afterAll(async () => {
  await gateway.end();
  api.closeAllConnections();
  api.close();
});
beforeEach(() => {
  asked.length = 0;
});

const deliver = (id: string, source = `mollie/${PATH}`) => gateway.post(source, { body: `id=${id}` });
const recorded = async () =>
  (await gateway.query('{ events { edges { node { type raw } } } }')).data!['events'].edges.map(
    ({ node }: { node: object }) => node,
  );
const says = (status: number, body = '') => {
  answer = (_id, response) => void response.writeHead(status).end(body);
};

it('IN11.14 records what the API of the sender says of a delivery, and nothing before it has said it', async () => {
  says(404);
  expect((await deliver('tr_1')).status).toBe(401);
  says(410);
  expect(await deliver('tr_1')).toMatchObject({ status: 401, body: { detail: 'It is gone.' } });
  says(200, 'false');
  expect((await deliver('tr_1')).status).toBe(401);
  expect(await recorded()).toEqual([]);
  says(200, '{"id":"tr_1","status":"paid","apiKey":"sesame-0001"}');
  expect(await deliver('tr_1')).toMatchObject({ status: 200, body: { status: 'accepted' } });
  expect(await deliver('tr_1')).toMatchObject({ body: { status: 'duplicate' } });
  says(200, '{"id":"tr_1","status":"refunded"}');
  expect(await deliver('tr_1')).toMatchObject({ body: { status: 'accepted' } });
  says(200, 'true');
  expect(await deliver('tr_2')).toMatchObject({ body: { status: 'accepted' } });
  expect(await recorded()).toEqual([
    { type: 'payment.paid', raw: { id: 'tr_1', status: 'paid' } },
    { type: 'payment.refunded', raw: { id: 'tr_1', status: 'refunded' } },
    { type: 'payment.changed', raw: { id: 'tr_2' } },
  ]);
});

it('IN11.14 asks no API about a delivery without the secret in its path', async () => {
  says(200, 'true');
  expect((await deliver('tr_3', 'mollie/another-secret-of-some-length')).status).toBe(401);
  expect(asked).toEqual([]);
});

it('IN11.14 has a delivery sent again while the API of its sender fails, is silent, or is asked about many', async () => {
  const before = (await recorded()).length;
  says(500);
  const failed = await deliver('tr_4');
  expect(failed).toMatchObject({ status: 503, body: { code: 'KEYS_UNAVAILABLE' } });
  expect(failed.body['detail']).toBe(
    'The sender’s API could not be asked whether this delivery is authentic (TypeError). Send the delivery again later.',
  );
  const held: ServerResponse[] = [];
  answer = (_id, response) => void held.push(response);
  expect((await deliver('tr_4', `quick/${PATH}`)).body['detail']).toContain('(TimeoutError)');
  held.length = 0;
  const waiting = Array.from({ length: 16 }, (_, index) => deliver(`tr_${10 + index}`));
  await expect.poll(() => held.length).toBe(16);
  expect((await deliver('tr_26')).body['detail']).toMatch(/too many requests about deliveries/);
  for (const response of held) response.writeHead(404).end();
  expect(new Set((await Promise.all(waiting)).map(({ status }) => status))).toEqual(new Set([401]));
  expect(await recorded()).toHaveLength(before);
  says(200, 'true');
  expect((await deliver('tr_4')).status).toBe(200);
});
