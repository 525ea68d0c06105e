import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hubspot } from '../../src/providers/hubspot/hubspot.ts';
import type { Verified } from '../../src/providers/provider.ts';
import { providerContract } from '../../src/testing/contract.ts';

const PUBLIC_URL = 'https://hooks.example.com';
const secrets = ['the first of the suite', 'the second of the suite', 'the third of the suite'] as const;
const [SECRET] = secrets;
const provider = hubspot({ secrets: [SECRET] });

describe('hubspot', () => {
  const contract = providerContract({
    provider: (given) => hubspot({ secrets: given }),
    secrets,
    timestamp: { past: 300, future: 300 },
    required: ['body', 'body.0', 'body.0.subscriptionType'],
  });
  for (const { title, run } of contract) it(`IN6.3 ${title}`, run);
});

interface How {
  readonly target?: string;
  readonly stamp?: string;
  /** What is signed of the target, where that is not itself. */
  readonly signs?: string;
}

function signed(body: string, { target = '/webhooks/hubspot', stamp = String(Date.now()), signs = target }: How = {}) {
  const mac = createHmac('sha256', SECRET).update(`POST${PUBLIC_URL}${signs}${body}${stamp}`).digest('base64');
  return {
    headers: { 'x-hubspot-signature-v3': mac, 'x-hubspot-request-timestamp': stamp },
    body: Buffer.from(body),
    publicUrl: PUBLIC_URL,
    target,
    receivedAt: Date.now(),
  };
}

const verify = (arrived: ReturnType<typeof signed>) => provider.verify(arrived) as Verified;

/** The outcome of each change of one delivery. */
function received(...changes: object[]) {
  return provider.parts!(verify(signed(JSON.stringify(changes))))!.map((part) =>
    provider.normalise(part, { source: 'hubspot', receivedAt: Date.now() }),
  );
}

function only(change: object) {
  const [normalised] = received(change);
  if (normalised?.outcome !== 'event') throw new Error(JSON.stringify(normalised));
  return normalised;
}

const CHANGE = {
  eventId: 100,
  subscriptionId: 1,
  portalId: 62515,
  appId: 2,
  occurredAt: 1775200000123,
  subscriptionType: 'contact.propertyChange',
  attemptNumber: 0,
  objectId: 123,
  propertyName: 'email',
  propertyValue: 'paula@coro.example',
};

it('IN11.9 takes a delivery of HubSpot apart, each change an event of its portal, its record and its time', () => {
  const deal = { ...CHANGE, subscriptionType: 'object.propertyChange', objectTypeId: '0-3', objectId: 7, portalId: 9 };
  const custom = { ...deal, objectTypeId: '2-345' };
  const merge = { ...CHANGE, subscriptionType: 'company.merge', objectId: undefined, primaryObjectId: 5 };
  expect(received(CHANGE, deal, custom, merge, { portalId: 62515 })).toMatchObject([
    {
      event: {
        type: 'contact.propertyChange',
        subject: 'contact/123',
        tenant: 'hubspot:62515',
        occurredAt: { at: 1775200000123 },
        shape: 'OtherEvent',
      },
    },
    { event: { subject: 'deal/7', tenant: 'hubspot:9' } },
    { event: { subject: '2-345/7' } },
    { event: { subject: 'company/5' } },
    { outcome: 'unfit', account: '62515' },
  ]);
});

it('IN11.9 knows a change of HubSpot again that is tried once more, and no two changes with one eventId for one', () => {
  const { event } = only(CHANGE);
  expect(event.eventId).toMatch(/^derived:/);
  expect(only({ ...CHANGE, attemptNumber: 3 }).event.eventId).toBe(event.eventId);
  for (const more of [{ propertyValue: 'x' }, { objectId: 124 }, { subscriptionId: 2 }, { occurredAt: 1 }]) {
    expect(only({ ...CHANGE, ...more }).event.eventId).not.toBe(event.eventId);
  }
});

it('PRIV2.4 finds the contact of a change of HubSpot, and the address that it says', () => {
  expect(only(CHANGE).event.traces).toEqual(
    expect.arrayContaining([
      { kind: 'contact', value: '123' },
      { kind: 'email', value: 'paula@coro.example' },
    ]),
  );
});

it('IN11.10 erases a contact that HubSpot was asked to forget, and nothing of a contact that was only deleted', () => {
  const { event, erases } = only({ ...CHANGE, subscriptionType: 'contact.privacyDeletion' });
  expect(erases).toEqual({ contacts: ['123'] });
  expect(event).toMatchObject({ subject: 'contact/123', raw: null, personal: null });
  expect(only({ ...CHANGE, subscriptionType: 'contact.deletion' }).erases).toBe(null);
});

it('IN2.9 signs twelve characters of HubSpot’s URL as they are, as its pages say, which its library leaves to the caller', () => {
  const body = JSON.stringify([CHANGE]);
  const target = '/webhooks/hubspot?a=%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B&b=%20%C3%A9%2f';
  const signs = "/webhooks/hubspot?a=:/?@!$'()*,;&b=%20%C3%A9/";
  expect(() => verify(signed(body, { target, signs }))).not.toThrow();
  expect(() => verify(signed(body, { target }))).toThrow(/does not sign/);
});

it('IN2.6 refuses deliveries of HubSpot from more than five minutes ahead, for which its library has no bound', () => {
  const ahead = (seconds: number) => signed('[]', { stamp: String(Date.now() + seconds * 1000) });
  expect(() => verify(ahead(290))).not.toThrow();
  expect(() => verify(ahead(310))).toThrow(/ahead/);
});

it('IN2.15 takes no older signature of HubSpot, whose digest holds no time', () => {
  const { headers: _, ...rest } = signed('[]');
  const headers = { 'x-hubspot-signature': '0'.repeat(64), 'x-hubspot-signature-version': 'v1' };
  expect(() => verify({ ...rest, headers } as never)).toThrow('The header x-hubspot-signature-v3 is missing.');
});
