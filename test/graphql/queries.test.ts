import { afterAll, beforeAll, expect, it } from 'vitest';
import { attendanceCanceled, eduzzEvent } from '../fixtures/eduzz.ts';
import { INSTANCE, bookingCanceled, bookingCanceledEvent, wixClaims } from '../fixtures/wix.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';

/** For tests that begin with what is there, and change nothing but by deliveries. */
let shared: TestGateway;

beforeAll(async () => void (shared = await TestGateway.start({ lasting: true })));
afterAll(() => shared.end());

const WIX_TENANT = `wix:${INSTANCE}`;

const PAGE = /* GraphQL */ `
  query Page($first: Int, $after: String, $last: Int, $before: String, $filter: EventFilter) {
    events(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
      head
      edges {
        cursor
        node {
          eventId
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`;

async function withEvents(count: number): Promise<TestGateway> {
  const gateway = await TestGateway.start();
  for (let index = 0; index < count; index += 1) await gateway.eduzz(attendanceCanceled({ id: `e${index}` }));
  return gateway;
}

async function page(gateway: TestGateway, variables: Record<string, unknown>) {
  const { data, errors } = await gateway.query(PAGE, variables);
  if (errors) throw new Error(JSON.stringify(errors));
  const { edges, pageInfo, head } = data?.['events'];
  return { ids: edges.map((edge: any) => edge.node.eventId).join(' '), edges, pageInfo, head };
}

it('GQL2.1 pages through the log in both directions, oldest first on every page', async () => {
  const gateway = await withEvents(7);
  const first = await page(gateway, { first: 3 });
  expect(first.ids).toBe('e0 e1 e2');
  expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  const next = await page(gateway, { first: 3, after: first.pageInfo.endCursor });
  expect(next.ids).toBe('e3 e4 e5');
  const end = await page(gateway, { first: 3, after: next.pageInfo.endCursor });
  expect(end.ids).toBe('e6');
  expect(end.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  const latest = await page(gateway, { last: 3 });
  expect(latest.ids).toBe('e4 e5 e6');
  expect(latest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  const before = await page(gateway, { last: 3, before: latest.pageInfo.startCursor });
  expect(before.ids).toBe('e1 e2 e3');
  expect((await page(gateway, { last: 3, before: before.pageInfo.startCursor })).pageInfo.hasPreviousPage).toBe(false);
  expect((await page(gateway, { before: latest.pageInfo.startCursor })).ids).toBe('e0 e1 e2 e3');
  expect((await page(gateway, { after: latest.pageInfo.endCursor })).ids).toBe('');
  expect(latest.head).toBe(latest.pageInfo.endCursor);
});

it('GQL2.3 gives an empty page with the head and whether there is more, for first: 0 and last: 0', async () => {
  const gateway = await withEvents(3);
  const { edges, head } = await page(gateway, { first: 3 });
  const [first, , last] = edges.map(({ cursor }: { cursor: string }) => cursor);
  const empty = async (variables: Record<string, unknown>) => {
    const { pageInfo, ...found } = await page(gateway, variables);
    expect(found).toEqual({ edges: [], ids: '', head });
    expect(pageInfo).toMatchObject({ startCursor: null, endCursor: null });
    return [pageInfo.hasPreviousPage, pageInfo.hasNextPage];
  };
  const filter = { providers: ['eduzz', 'wix'], kinds: ['TICKET', 'BOOKING'] };
  expect(await empty({ first: 0 })).toEqual([false, true]);
  expect(await empty({ first: 0, filter })).toEqual([false, true]);
  expect(await empty({ first: 0, after: first })).toEqual([true, true]);
  expect(await empty({ first: 0, after: last })).toEqual([true, false]);
  expect(await empty({ last: 0 })).toEqual([true, false]);
  expect(await empty({ last: 0, filter })).toEqual([true, false]);
  expect(await empty({ last: 0, before: first })).toEqual([false, true]);
  expect(await empty({ last: 0, before: last })).toEqual([true, true]);
  expect(await empty({ first: 0, filter: { kinds: ['ORDER'] } })).toEqual([false, false]);

  const heads = '{ cancellations(last: 0) { head edges { node { id } } } quarantine(first: 0) { edges { cursor } } }';
  const { data } = await gateway.query(heads);
  expect(data).toEqual({ cancellations: { head, edges: [] }, quarantine: { edges: [] } });
});

it('GQL2.4 puts null in the place of an invalid id, or one that the token may not see', async () => {
  const gateway = await TestGateway.start();
  await gateway.eduzz(attendanceCanceled({ id: 'ours', producer: { id: 1, name: 'A', email: 'a@a.example' } }));
  await gateway.eduzz(attendanceCanceled({ id: 'theirs', producer: { id: 2, name: 'B', email: 'b@b.example' } }));
  const [ours, theirs] = (await see(gateway)).map(({ id }) => id);
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const made = [
    'User:1',
    'Query:1',
    '__proto__:x',
    'TicketCancellation',
    ':',
    'TicketCancellation:eduzz:a\0b',
    'a:b:\uFFFD',
  ];
  const others = ['', 'nonsense', '%%%', '1', 'x'.repeat(2_000), ...made.map(base64)];
  const ids = [theirs, ...others, ours, ...others, ours];
  const query = 'query Nodes($ids: [ID!]!) { nodes(ids: $ids) { id } }';
  const { data, errors } = await gateway.query(query, { ids }, { tenants: ['eduzz:1'] });
  expect(errors).toBeUndefined();
  expect(data?.['nodes']).toEqual(ids.map((id) => (id === ours ? { id } : null)));
  expect(await gateway.query('{ nodes(ids: [7, "ours"]) { id } }')).toEqual({ data: { nodes: [null, null] } });
});

it('GQL2.1 gives an empty log a head to subscribe from', async () => {
  const gateway = await TestGateway.start();
  const { ids, head, pageInfo } = await page(gateway, { last: 20 });
  expect(ids).toBe('');
  expect(pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null });
  await gateway.eduzz(attendanceCanceled({ id: 'next' }));
  expect((await page(gateway, { after: head })).ids).toBe('next');
});

it('GQL2.8 gives each page a head from which nothing that follows the page is missed or seen twice', async () => {
  const gateway = await withEvents(6);
  const all = await page(gateway, { first: 100 });
  const [e0, , e2, e3, , e5] = all.edges.map(({ cursor }: { cursor: string }) => cursor);
  const nothing = { kinds: ['ORDER'] };
  const pages: [variables: Record<string, unknown>, following: string][] = [
    [{ first: 2 }, 'e2 e3 e4 e5'],
    [{ first: 2, after: e0 }, 'e3 e4 e5'],
    [{ first: 6 }, ''],
    [{ first: 20 }, ''],
    [{ first: 20, after: e5 }, ''],
    [{ first: 20, after: e2, before: e5 }, 'e5'],
    [{ first: 1, after: e0, before: e5 }, 'e2 e3 e4 e5'],
    [{ last: 2 }, ''],
    [{ last: 2, after: e3 }, ''],
    [{ last: 2, before: e3 }, 'e3 e4 e5'],
    [{ before: e3 }, 'e3 e4 e5'],
    // Where nothing is found, all that the page could have had counts as seen.
    [{ first: 20, filter: nothing }, ''],
    [{ last: 20, filter: nothing }, ''],
    [{ last: 20, before: e3, filter: nothing }, 'e3 e4 e5'],
    [{ first: 20, before: e3, filter: nothing }, 'e3 e4 e5'],
    [{ last: 20, before: e0 }, 'e0 e1 e2 e3 e4 e5'],
    [{ first: 20, after: e2, before: e3 }, 'e3 e4 e5'],
  ];
  for (const [variables, following] of pages) {
    const { head } = await page(gateway, variables);
    expect([variables, (await page(gateway, { first: 100, after: head })).ids]).toEqual([variables, following]);
  }
  // Far behind the last event that fits, so that nobody who follows has to read all that does not.
  expect((await page(gateway, { first: 20, filter: nothing })).head).toBe(e5);
});

const bad: [what: string, variables: Record<string, unknown>, code: string][] = [
  ['a page of 101', { first: 101 }, 'BAD_REQUEST'],
  ['a negative page', { first: -1 }, 'BAD_REQUEST'],
  ['a negative page from the end', { last: -1 }, 'BAD_REQUEST'],
  ['first and last', { first: 1, last: 1 }, 'BAD_REQUEST'],
  ['a made-up cursor', { after: 'bm90IGEgY3Vyc29y' }, 'INVALID_CURSOR'],
  ['a cursor that is no base64', { before: '%%%' }, 'INVALID_CURSOR'],
  ['an empty cursor', { after: '' }, 'INVALID_CURSOR'],
  ['a cursor of another log', { after: Buffer.from('AAAAAAAAAAAAAAAA:1').toString('base64url') }, 'CURSOR_EXPIRED'],
  ['a time without zone', { filter: { occurredFrom: '2026-01-01T00:00:00' } }, 'BAD_REQUEST'],
  ['a day that is none', { filter: { occurredFrom: '2026-02-30T00:00:00Z' } }, 'BAD_REQUEST'],
  ['an unknown kind', { filter: { kinds: ['FLIGHT'] } }, 'BAD_REQUEST'],
];
it.each(bad)('GQL3.1 answers %s with a code and what to do', async (_what, variables, code) => {
  const gateway = shared;
  const { errors } = await gateway.query(PAGE, variables);
  expect(errors).toHaveLength(1);
  expect(errors?.[0]).toMatchObject({ extensions: { code } });
});

const documents: [what: string, document: string, code: string][] = [
  ['a document that does not parse', '{ events(', 'GRAPHQL_PARSE_FAILED'],
  ['an unknown field', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
  ['a subscription without a stream', 'subscription { events { cursor } }', 'NOT_ACCEPTABLE'],
  ['an id of another type', `{ node(id: "${Buffer.from('Query:1').toString('base64')}") { id } }`, 'BAD_REQUEST'],
  ['an id that is none', '{ node(id: "%%%") { id } }', 'BAD_REQUEST'],
];
it.each(documents)('GQL3.1 answers %s with a code of the list', async (_what, document, code) => {
  const gateway = shared;
  const { errors } = await gateway.query(document);
  expect(errors?.[0]).toMatchObject({ extensions: { code } });
});

const SEE = /* GraphQL */ `
  query See($filter: EventFilter) {
    events(last: 100, filter: $filter) {
      edges {
        node {
          __typename
          id
          provider
          source
          type
          eventId
          tenant {
            id
            name
          }
          subject
          occurredAt
          occurredAtText
          personalData
          raw
          ... on Cancellation {
            kind
            title
            reference
            customer {
              name
              email
              phone
              externalId
            }
            canceledBy {
              type
              actorId
            }
            reason
            quantity
            status
            previousStatus
            startsAt
            endsAt
            timeZone
            refundExpected
          }
          ... on TicketCancellation {
            occasion {
              occasionId
              name
              type
            }
            producer {
              producerId
              name
              email
            }
            participantId
            manuallyCreated
            ticketTags {
              tagId
              title
              color
            }
            customFields
            ticketCreatedAt: createdAt {
              instant
              text
            }
            sentAt {
              instant
              text
            }
          }
          ... on BookingCancellation {
            bookingId
            slot {
              sessionId
              startsAt {
                instant
                text
              }
              timeZone
              staff {
                staffId
                name
                email
              }
              location {
                locationId
                type
                name
                address
              }
            }
            schedule {
              scheduleId
            }
            tags
            paymentStatus
            selectedPaymentOption
            createdBy {
              type
              actorId
            }
            revision
            notifyParticipants
            waiveCancellationFee
            additionalFields
          }
        }
      }
    }
  }
`;

async function see(gateway: TestGateway, claims: Parameters<TestGateway['query']>[2] = {}, filter: unknown = {}) {
  const { data, errors } = await gateway.query(SEE, { filter }, claims);
  if (errors) throw new Error(JSON.stringify(errors));
  return data?.['events'].edges.map((edge: any) => edge.node) as Record<string, any>[];
}

it('IN6.4 serves everything that the providers said', async () => {
  const gateway = await TestGateway.start();
  await gateway.eduzz(attendanceCanceled({ id: 't1' }));
  await gateway.wix(wixClaims(bookingCanceledEvent({ id: 'b1' })));
  await gateway.eduzz({ ...eduzzEvent('myeduzz.invoice_tomorrow', { total: 10 }), id: 'o1' });
  const [ticket, booking, other] = await see(gateway);
  expect(ticket).toMatchObject({
    __typename: 'TicketCancellation',
    tenant: { id: 'eduzz:7001', name: 'Rosa Produtora' },
    subject: 'ticket/0f4b7c2e-9d1a-4f6b-8a3c-5e6d7f8a9b0c',
    occurredAt: '2026-03-01T12:00:00.000Z',
    personalData: 'AVAILABLE',
    kind: 'TICKET',
    title: 'Noite de Choro',
    reference: '00412233',
    customer: { name: 'Iara Fictícia', email: 'iara@ficticia.example', phone: '+5511900000000' },
    canceledBy: { type: 'UNKNOWN', actorId: null },
    quantity: 1,
    producer: { producerId: '7001', name: 'Rosa Produtora', email: 'rosa@produtora.example' },
    ticketTags: [{ tagId: 't-1', title: 'VIP ', color: '#112233' }],
    customFields: { city: 'Recife', diet: '2' },
    manuallyCreated: true,
    sentAt: { instant: '2026-03-01T12:00:05.250Z', text: '2026-03-01T12:00:05.250Z' },
    raw: { id: 't1', data: { participant: { inviteKey: '00412233' } } },
  });
  expect(booking).toMatchObject({
    __typename: 'BookingCancellation',
    tenant: { id: WIX_TENANT, name: null },
    occurredAt: '2026-03-03T10:11:12.345Z',
    occurredAtText: '2026-03-03T10:11:12.345678Z',
    reference: 'b0000000-0000-4000-8000-000000000001',
    customer: { name: 'Ana Imaginaria', externalId: 'contact-1' },
    canceledBy: { type: 'CUSTOMER', actorId: 'member-1' },
    reason: 'No puedo ir',
    quantity: 2,
    previousStatus: 'CONFIRMED',
    startsAt: '2026-03-10T08:00:00.000Z',
    timeZone: 'Europe/Madrid',
    refundExpected: false,
    slot: {
      startsAt: { instant: '2026-03-10T08:00:00.000Z', text: '2026-03-10T09:00:00.000+01:00' },
      staff: { staffId: 'staff-1', name: 'Nuria Inventada', email: 'nuria@inventada.example' },
      location: { locationId: 'place-1', type: 'OWNER_BUSINESS', name: 'Sala', address: 'Calle Falsa 123' },
    },
    schedule: null,
    revision: '3',
  });
  expect(other).toMatchObject({
    __typename: 'OtherEvent',
    type: 'myeduzz.invoice_tomorrow',
    raw: { data: { total: 10 } },
  });
});

it('AUTH2.1 gives no personal data without pii:read, by any field', async () => {
  const gateway = await TestGateway.start();
  await gateway.eduzz(attendanceCanceled());
  await gateway.wix(bookingCanceled());
  await gateway.eduzz(eduzzEvent('myeduzz.invoice_tomorrow'));
  const everything = JSON.stringify(await see(gateway));
  expect(everything).toContain('Iara');
  for (const scope of ['events:read', 'events:read raw:read', 'events:read raw:read ops']) {
    const events = await see(gateway, { scope });
    expect(events.map(({ personalData }) => personalData)).toEqual(['WITHHELD', 'WITHHELD', 'WITHHELD']);
    expect(events.map(({ raw }) => raw)).toEqual([null, null, null]);
    expect(JSON.stringify(events)).not.toMatch(
      /Rosa|rosa@|Iara|iara@|\+5511|00412233|VIP|Recife|Ana|imaginaria|contact-1|member-1|No puedo|Nuria|nuria@|Sala|Falsa/,
    );
    const ids = events.map(({ id }) => id);
    const nodes = '{ nodes(ids: $ids) { ... on Event { raw tenant { name } } } }';
    const { data } = await gateway.query(`query Nodes($ids: [ID!]!) ${nodes}`, { ids }, { scope });
    expect(JSON.stringify(data)).not.toMatch(/Rosa|Ana/);
  }
  const [ticket] = await see(gateway, { scope: 'events:read pii:read' });
  expect(ticket).toMatchObject({ raw: null, customer: { name: 'Iara Fictícia' } });
});

it('AUTH1.3 keeps tenants apart in lists, nodes, cursors and filters', async () => {
  const gateway = await TestGateway.start();
  await gateway.eduzz(attendanceCanceled({ id: 'ours', producer: { id: 1, name: 'A', email: 'a@a.example' } }));
  await gateway.eduzz(attendanceCanceled({ id: 'theirs', producer: { id: 2, name: 'B', email: 'b@b.example' } }));
  await gateway.wix(wixClaims(bookingCanceledEvent({ id: 'wix' })));
  const all = await see(gateway);
  const ids = all.map(({ id }) => id);
  const us = { tenants: ['eduzz:1'] };
  const eventIds = async (filter: unknown) => (await see(gateway, us, filter)).map(({ eventId }) => eventId);

  expect(await eventIds({})).toEqual(['ours']);
  expect(await eventIds({ providers: ['eduzz', 'wix'], kinds: ['TICKET', 'BOOKING'] })).toEqual(['ours']);
  expect(await eventIds({ subjects: all.map(({ subject }) => subject) })).toEqual(['ours']);
  expect(await eventIds({ tenants: [] })).toEqual([]);

  // A page is filled with one's own, however much of others' lies before it.
  const own = await gateway.query(PAGE, { first: 1 }, { tenants: [WIX_TENANT] });
  expect(own.data?.['events']).toMatchObject({
    edges: [{ node: { eventId: 'wix' } }],
    pageInfo: { hasNextPage: false },
  });

  for (const tenants of [['eduzz:2'], ['eduzz:1', WIX_TENANT], ['*']]) {
    const { data, errors } = await gateway.query(SEE, { filter: { tenants } }, us);
    expect(data).toBeNull();
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  }

  const nodes = 'query Nodes($ids: [ID!]!) { nodes(ids: $ids) { id ... on Event { eventId } } }';
  const { data } = await gateway.query(nodes, { ids }, us);
  expect(data?.['nodes'].map((node: any) => node?.eventId ?? null)).toEqual(['ours', null, null]);
  const one = await gateway.query('query Node($id: ID!) { node(id: $id) { id } }', { id: ids[1] }, us);
  expect(one).toEqual({ data: { node: null } });
  const unknown = Buffer.from('TicketCancellation:eduzz:nothing').toString('base64');
  expect(await gateway.query('query Node($id: ID!) { node(id: $id) { id } }', { id: unknown }, us)).toEqual(one);
  const formerShape = Buffer.from('BookingCancellation:eduzz:ours').toString('base64');
  expect(await gateway.query('query Node($id: ID!) { node(id: $id) { id } }', { id: formerShape }, us)).toEqual({
    data: { node: { id: ids[0] } },
  });

  // Cursors say where, not what: with somebody else's, one still sees only one's own.
  const { edges } = await page(gateway, { first: 3 });
  const { data: after } = await gateway.query(PAGE, { after: edges[0].cursor }, us);
  expect(after?.['events'].edges).toEqual([]);
  const { data: before } = await gateway.query(PAGE, { before: edges[2].cursor }, us);
  expect(before?.['events'].edges.map((edge: any) => edge.node.eventId)).toEqual(['ours']);
});

it('AUTH1.3 serves nothing without a token that is good and has events:read', async () => {
  const gateway = shared;
  await gateway.eduzz(attendanceCanceled());
  const ask = async (headers: Record<string, string>, query = '{ __schema { types { name } } }') => {
    const all = { 'content-type': 'application/json', ...headers };
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: all,
      body: JSON.stringify({ query }),
    });
    return {
      status: response.status,
      challenge: response.headers.get('www-authenticate'),
      body: await response.json(),
    };
  };
  const stranger = {
    status: 401,
    challenge: 'Bearer',
    body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
  };
  expect(await ask({})).toMatchObject(stranger);
  expect(await ask({ authorization: 'Bearer nonsense' })).toMatchObject(stranger);
  expect(await ask({ authorization: `Bearer ${await makeToken({ expires: -60 })}` })).toMatchObject({
    status: 401,
    body: { errors: [{ extensions: { code: 'TOKEN_EXPIRED' } }] },
  });
  const id = Buffer.from('TicketCancellation:eduzz:any').toString('base64');
  for (const query of ['{ events { head } }', '{ cancellations { head } }', `{ node(id: "${id}") { id } }`]) {
    const { errors } = await gateway.query(query, {}, { scope: 'ops raw:read pii:read' });
    expect(errors?.[0], query).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  }
});

it('GQL2.2 filters cancellations like events, and leaves everything else out of them', async () => {
  const gateway = await TestGateway.start();
  await gateway.eduzz(attendanceCanceled({ id: 't' }));
  await gateway.eduzz({ ...eduzzEvent('safevideo.upload_canceled'), id: 'upload' });
  await gateway.wix(wixClaims(bookingCanceledEvent({ id: 'b' })));
  const ids = async (filter: unknown) => {
    const query = 'query C($filter: EventFilter) { cancellations(filter: $filter) { edges { node { eventId } } } }';
    const { data } = await gateway.query(query, { filter });
    return data?.['cancellations'].edges.map((edge: any) => edge.node.eventId).join(' ');
  };
  expect(await ids({})).toBe('t b');
  expect(await ids(null)).toBe('t b');
  expect(await ids({ kinds: ['BOOKING'] })).toBe('b');
  expect(await ids({ providers: ['eduzz'] })).toBe('t');
  expect(await ids({ types: ['safevideo.upload_canceled'] })).toBe('');
  expect(await ids({ occurredFrom: '2026-03-02T00:00:00Z' })).toBe('b');
  expect(await ids({ occurredBefore: '2026-03-02T00:00:00Z', tenants: null })).toBe('t');
});
