import { readFileSync } from 'node:fs';
import { type GraphQLObjectType, getNamedType, isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import type { NewEvent } from '../../src/events/event.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { calCom } from '../../src/providers/cal-com/cal-com.ts';
import { calendly } from '../../src/providers/calendly/calendly.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { stripe } from '../../src/providers/stripe/stripe.ts';
import { openClaims } from '../../src/providers/wix/claims.ts';
import { currentData, currentPersonal } from '../../src/types/former.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { providerWith } from '../fixtures/wix-provider.ts';
import { TestGateway } from '../support/gateway.ts';

const secrets = ['a secret of the fixtures, long enough'] as const;
const PROVIDERS: readonly Provider[] = [
  eduzz({ secrets }),
  providerWith(),
  stripe({ secrets: [`whsec_${Buffer.from('x'.repeat(32)).toString('base64')}`] }),
  calCom({ secrets }),
  calendly({ secrets }),
];

/** Samples as hookcast kept them before types were declared: what its last version of then made of them. */
type Former = Pick<NewEvent, 'provider' | 'shape' | 'kind' | 'subject' | 'data' | 'personal'> & {
  readonly event: string;
};
const FORMER = JSON.parse(
  readFileSync(new URL('../fixtures/former-events.json', import.meta.url), 'utf8'),
) as readonly Former[];

/** Fields that were unknown at that time: only `hookcast reprocess` adds them to recorded events. */
const LEARNT: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'myeduzz.invoice_canceled': { refundExpected: false },
};

function today({ provider: name, event }: Former): NewEvent {
  const provider = PROVIDERS.find((one) => one.name === name)!;
  const sample = provider.samples
    .find((one) => one.event === event)!
    .payload({ id: 'e-1', at: new Date(Date.UTC(2026, 2, 1)) });
  const payload = name === 'wix' ? openClaims({ data: sample }) : sample;
  const made = provider.normalise({ payload, text: '{}', digest: 'd' }, { source: name, receivedAt: 0 });
  if (made.outcome !== 'event') throw new Error(JSON.stringify(made));
  return made.event;
}

function everything(type: GraphQLObjectType): string {
  return Object.values(type.getFields())
    .filter(({ name }) => !['id', 'eventId', 'tenant', 'raw'].includes(name))
    .map(({ name, type: of }) => {
      const inner = getNamedType(of);
      return isObjectType(inner) ? `${name} { ${everything(inner)} }` : name;
    })
    .join(' ');
}

it('GQL8.6 serves an event that was kept before types were declared as it serves the same event today', async () => {
  const gateway = await TestGateway.start();
  const log = new SqliteLog(`${gateway.folder}/hookcast.db`);
  const schema = createSchema();
  const ask = async (shape: string, scope: string) => {
    const query = `{ events(last: 2) { edges { node { ... on ${shape} { ${everything(schema.getType(shape) as GraphQLObjectType)} } } } } }`;
    const { data, errors } = await gateway.query(query, {}, { scope });
    expect(errors).toBeUndefined();
    return data!['events'].edges.map(({ node }: any) => node);
  };
  try {
    for (const [index, former] of FORMER.entries()) {
      const now = today(former);
      expect(former.data).not.toEqual(now.data);
      const common = { ...newEvent(), subject: null, version: null, provider: former.provider };
      const { shape, kind, data, personal } = now;
      await log.append([
        { ...common, eventId: `former ${index}`, shape, kind, data: former.data, personal: former.personal },
      ]);
      await log.append([{ ...common, eventId: `today ${index}`, shape, kind, data, personal }]);
      for (const scope of ['events:read', 'events:read pii:read']) {
        const [was, is] = await ask(shape, scope);
        const learnt = LEARNT[former.event] ?? {};
        expect(is, former.event).toMatchObject(learnt);
        expect({ ...was, ...learnt }, former.event).toEqual(is);
      }
    }
  } finally {
    await log.close();
  }
});

it('GQL8.6 takes present events as they are, with any names of members', () => {
  const own = { change: 'x', producerId: 'p', reference: 'r', products: [{ id: 'a' }] };
  expect(currentData('Sale', own)).toBe(own);
  const personal = { canceledById: 'c', producerEmail: 'e', tags: [{ id: 't' }] };
  expect(currentPersonal('Sale', personal)).toBe(personal);
  // Today this also has who canceled, beside the fields of an older hookcast.
  const said = { tenantName: null, producerEmail: null, canceledBy: { actorId: 'u-1', name: 'Ana' } };
  for (const shape of ['OrderCancellation', 'SubscriptionCancellation']) {
    expect(currentPersonal(shape, said)).toBe(said);
  }
});
