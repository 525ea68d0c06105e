import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { bikes, rentalCancelled, signedBike } from '../fixtures/bikes.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { EDUZZ_SECRET, TestGateway, makeToken, signedAsEduzz } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres.ts';

/** Numbers as a sender writes them. A double can't hold them, or JavaScript would write them differently. */
const NUMBERS = '[1e400,-1e400,12345678901234567890,9007199254740993,0.12345678901234567890,1E5,1e-400]';

/** Signed, with the numbers somewhere in it. */
function delivery(fields: Parameters<typeof attendanceCanceled>[0]) {
  const payload = attendanceCanceled({ ...fields, data: { numbers: 'NUMBERS' } });
  return signedAsEduzz(JSON.stringify(payload).replace('"NUMBERS"', NUMBERS));
}

const FIELDS = 'eventId raw ... on TicketCancellation { customFields }';
const QUERY = `{ events(last: 1) { edges { node { ${FIELDS} } } } }`;
const SUBSCRIPTION = `subscription { events(after: "CURSOR") { ... on EventEdge { node { ${FIELDS} } } } }`;
const QUARANTINE = '{ quarantine { edges { node { payload } } } }';

/** The text of the first answer that speaks of a payload, over each transport: a client's parser would round it. */
const TRANSPORTS: Readonly<Record<string, (gateway: TestGateway, query: string) => Promise<string>>> = {
  'a request': async (gateway, query) => (await send(gateway, query, 'application/graphql-response+json')).text(),
  'an event stream': async (gateway, query) => {
    const response = await send(gateway, query, 'text/event-stream');
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes('"numbers"')) break;
    }
    return text;
  },
  'a WebSocket': async (gateway, query) => {
    const authorization = `Bearer ${await makeToken()}`;
    const socket = new WebSocket(gateway.webSocketUrl, 'graphql-transport-ws');
    const text = await new Promise<string>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('closed')));
      socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } })));
      socket.on('message', (data: Buffer) => {
        const said = data.toString();
        if (said.includes('"connection_ack"')) {
          socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
        } else if (said.includes('"numbers"')) resolve(said);
      });
    });
    socket.terminate();
    return text;
  },
};

async function send(gateway: TestGateway, query: string, accept: string): Promise<Response> {
  return fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, authorization: `Bearer ${await makeToken()}` },
    body: JSON.stringify({ query }),
  });
}

const HALVES = `query ($filter: EventFilter, $first: Int) {
  events(filter: $filter, first: $first) {
    edges { node { id type eventId subject tenant { id } raw ... on BookingCancellation { title customer { name } } } }
  }
}`;
const NODE = 'query ($id: ID!) { node(id: $id) { ... on Event { eventId } } }';

describe.each(['SQLite', 'PostgreSQL'])('what was sent, on %s', (log) => {
  let gateway: TestGateway;
  let cursor: string;
  beforeAll(async () => {
    const env = log === 'SQLite' ? {} : { DATABASE_URL: await sharedPostgres().newDatabase() };
    const sources = new Map([
      ['eduzz', eduzz({ secrets: [EDUZZ_SECRET] })],
      ['bikes', bikes(1)],
    ]);
    gateway = await TestGateway.start({ env, sources, lasting: true });
    await gateway.eduzz(attendanceCanceled({ id: 'before' }));
    const { data } = await gateway.query('{ events(first: 1) { edges { cursor } } }');
    cursor = data!['events'].edges[0].cursor as string;
    const sent = await gateway.post('eduzz', delivery({ id: 'exact' }));
    expect(sent.body).toMatchObject({ status: 'accepted' });
    const unfit = await gateway.post('eduzz', delivery({ id: 'unfit', participant: { id: ['none'] } }));
    expect(unfit.body).toMatchObject({ status: 'quarantined' });
  });
  afterAll(() => gateway.end());

  const asked = Object.keys(TRANSPORTS).flatMap((transport) => [
    ...(transport === 'an event stream' ? [] : [[transport, 'a query', QUERY]]),
    ...(transport === 'an event stream' ? [] : [[transport, 'quarantine', QUARANTINE]]),
    ...(transport === 'a request' ? [] : [[transport, 'a subscription', SUBSCRIPTION]]),
  ]);
  it.each(asked)('IN6.14 serves every number as it was sent: by %s, in %s', async (transport, _what, query) => {
    const text = await TRANSPORTS[transport]!(gateway, query.replace('CURSOR', cursor));
    expect(text).toContain(`"numbers":${NUMBERS}`);
    // It is JSON for everybody, also for who reads doubles.
    expect(text).not.toContain('rawJSON');
  });

  it('IN4.4 tells apart and gives back what differs in half of a surrogate pair: ids, names, accounts, people', async () => {
    const send = async (fields: Record<string, unknown>) =>
      (await gateway.post('bikes', signedBike(rentalCancelled(fields)))).body;
    const halves = ['\ud800', '\ud801', '\udfff'];
    for (const half of halves) {
      const fields = { id: `id ${half}`, shop: `shop ${half}`, rental: `rental ${half}`, bike: `bike ${half}` };
      const sent = await send({ ...fields, rider: { name: `Ana ${half}`, email: 'ana@bikes.example' } });
      expect(sent).toEqual({ status: 'accepted', id: `id ${half}` });
      expect(await send({ ...fields, event: 'rental.moved' })).toMatchObject({ status: 'accepted' });
      expect(await send({ ...fields, rider: {} })).toMatchObject({ status: 'quarantined' });
    }
    for (const half of halves) {
      const filter = { tenants: [`bikes:shop ${half}`], types: ['rental.cancelled'] };
      const { data } = await gateway.query(HALVES, { filter, first: 9 });
      const nodes = data!['events'].edges.map(({ node }: { node: unknown }) => node) as Record<string, any>[];
      expect(nodes).toMatchObject([
        {
          eventId: `id ${half}`,
          subject: `rental/rental ${half}`,
          tenant: { id: `bikes:shop ${half}` },
          title: `Bike bike ${half}`,
          customer: { name: `Ana ${half}` },
          raw: { id: `id ${half}`, rider: { name: `Ana ${half}` } },
        },
      ]);
      const bySubject = await gateway.query(HALVES, { filter: { subjects: [nodes[0]!['subject']] }, first: 9 });
      expect(bySubject.data!['events'].edges).toMatchObject([{ node: { id: nodes[0]!['id'] } }]);
      const again = await gateway.query(NODE, { id: nodes[0]!['id'] });
      expect(again.data!['node']).toEqual({ eventId: `id ${half}` });
    }
    const waiting = await gateway.query('{ quarantine(first: 9) { edges { node { eventId tenant payload } } } }');
    expect(waiting.data!['quarantine'].edges.slice(-3)).toMatchObject(
      halves.map((half) => ({
        node: { eventId: `id ${half}`, tenant: `bikes:shop ${half}`, payload: { rental: `rental ${half}` } },
      })),
    );
  });
});
