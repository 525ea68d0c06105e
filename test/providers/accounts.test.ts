import { expect, it } from 'vitest';
import { z } from 'zod';
import { ofAccounts, withoutAccounts } from '../../src/providers/accounts.ts';
import { calCom } from '../../src/providers/cal-com/cal-com.ts';
import { calendly } from '../../src/providers/calendly/calendly.ts';
import { defineProvider, unfit } from '../../src/providers/define-provider.ts';
import { event } from '../../src/providers/definition.ts';
import { otherEvent } from '../../src/declaration/event-type.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import type { Normalised, Provider } from '../../src/providers/provider.ts';
import { standardWebhooks } from '../../src/providers/standard-webhooks/standard-webhooks.ts';
import { stripe } from '../../src/providers/stripe/stripe.ts';
import { hmac } from '../../src/providers/verify/hmac.ts';
import { wix } from '../../src/providers/wix/wix.ts';
import { attendanceCanceled, eduzzEvent } from '../fixtures/eduzz.ts';
import { calComCancelled, calendlyCanceled, seatCancelled, stripeDeleted } from '../fixtures/providers.ts';
import { mailer } from '../fixtures/mailer.ts';
import { senders } from '../fixtures/senders.ts';
import { keys } from '../fixtures/wix-provider.ts';
import { bookingCanceledEvent, wixClaims } from '../fixtures/wix.ts';
import { NOON, receive } from '../support/receive.ts';

const secrets = ['a secret of the suite'] as const;
const STANDARD = ['whsec_c2VjcmV0IG9mIHRoZSBzdWl0ZSBvZiB0ZXN0cw=='] as const;
type Payload = Record<string, unknown>;

/** Of a user's own, whose code says the account of what does not fit as well. */
const gym = () =>
  defineProvider({
    name: 'gym',
    verify: hmac({ secrets, header: 'x-gym', encoding: 'hex' }),
    about({ payload }) {
      const account = houseOf(payload);
      const parsed = z.object({ event: z.string() }).safeParse(payload);
      return parsed.success ? { type: parsed.data.event, account } : unfit(parsed.error, { account });
    },
    events: { left: event(z.object({ member: z.string() }), () => otherEvent()) },
  });

/** A provider whose methods are of a class, as one that is written without `defineProvider` may be. */
class OfAClass implements Provider {
  readonly name = 'gym';
  readonly #gym = gym();
  readonly samples = [];
  verify(delivery: Parameters<Provider['verify']>[0]) {
    return this.#gym.verify(delivery);
  }
  normalise(...given: Parameters<Provider['normalise']>) {
    return this.#gym.normalise(...given);
  }
  expectedFields(type: string) {
    return this.#gym.expectedFields(type);
  }
  get sign() {
    return this.#gym.sign;
  }
}

const calendlyUser = (id: string) => ({ created_by: `https://api.calendly.com/users/${id}` });
const seat = (house: string, fields: Payload = {}) => ({ ...seatCancelled(), house, ...fields });
const member = (house: unknown, fields: Payload = {}) => ({ event: 'left', house, member: 'm-1', ...fields });

interface Case {
  readonly provider: () => Provider;
  /** Of two accounts. */
  readonly accounts: readonly [mine: string, other: string];
  readonly fits: (account: string) => Payload;
  /** A payload that does not fit its type, and one that does not have the provider's form at all. Both show their account. */
  readonly unfit: readonly ((account: string) => Payload)[];
  /** A payload that names no account, and its tenant; null if there is none. */
  readonly unnamed: readonly [payload: () => Payload, tenant: string] | null;
}

const CASES: Readonly<Record<string, Case>> = {
  eduzz: {
    provider: () => eduzz({ secrets }),
    accounts: ['40021', '51300'],
    fits: (id) => attendanceCanceled({ producer: { id } }),
    unfit: [
      (id) => attendanceCanceled({ producer: { id }, participant: { id: ['of', 'two'] } }),
      (id) => ({ ...attendanceCanceled({ producer: { id: Number(id) } }), event: 7 }),
    ],
    unnamed: [() => ({ ...eduzzEvent('nutror.lesson_watched'), data: {} }), 'eduzz:unknown'],
  },
  calcom: {
    provider: () => calCom({ secrets }),
    accounts: ['42', '43'],
    fits: (id) => calComCancelled({ organizer: { id: Number(id) } }),
    unfit: [
      (id) => calComCancelled({ organizer: { id: Number(id) }, uid: null }),
      (id) => ({ payload: { organizer: { id: Number(id) } }, of: 'a template' }),
    ],
    unnamed: [() => calComCancelled({ organizer: null }), 'calcom:box-office'],
  },
  calendly: {
    provider: () => calendly({ secrets }),
    accounts: ['user-1', 'user-2'],
    fits: (id) => calendlyCanceled({}, calendlyUser(id)),
    unfit: [
      (id) => calendlyCanceled({ rescheduled: 'Mona' }, calendlyUser(id)),
      (id) => ({ ...calendlyCanceled({}, calendlyUser(id)), event: 7 }),
    ],
    unnamed: [() => calendlyCanceled({}, { created_by: null }), 'calendly:box-office'],
  },
  stripe: {
    provider: () => stripe({ secrets }),
    accounts: ['acct_1', 'acct_2'],
    fits: (account) => stripeDeleted({}, { account }),
    unfit: [
      (account) => stripeDeleted({ id: null }, { account }),
      (context) => ({ ...stripeDeleted({}, { context }), type: '' }),
    ],
    unnamed: [() => stripeDeleted(), 'stripe:box-office'],
  },
  'Standard Webhooks': {
    provider: () => standardWebhooks({ secrets: STANDARD, account: houseOf }),
    accounts: ['house-3', 'house-4'],
    fits: (house) => seat(house),
    unfit: [(house) => seat(house, { type: '' })],
    unnamed: [() => seatCancelled(), 'standard-webhooks:box-office'],
  },
  wix: {
    provider: () => wix({ publicKeys: [keys.publicKey], signingKey: keys.privateKey }),
    accounts: ['site-1', 'site-2'],
    fits: (instanceId) => wixClaims(bookingCanceledEvent(), { instanceId }),
    unfit: [
      (instanceId) => wixClaims(bookingCanceledEvent({ booking: { status: { of: 'Ana' } } }), { instanceId }),
      (instanceId) => wixClaims({ id: { of: 'Ana' } }, { instanceId }),
      (instanceId) => ({ ...wixClaims(bookingCanceledEvent(), { instanceId }), eventType: 7 }),
    ],
    unnamed: null,
  },
  'one’s own': {
    provider: gym,
    accounts: ['recife', 'olinda'],
    fits: (house) => member(house),
    unfit: [(house) => member(house, { member: 7 }), (house) => member(house, { event: 7 })],
    unnamed: [() => member(undefined), 'gym:box-office'],
  },
  'one’s own without defineProvider': {
    provider: () => new OfAClass(),
    accounts: ['recife', 'olinda'],
    fits: (house) => member(house),
    unfit: [(house) => member(house, { member: 7 })],
    unnamed: [() => member(undefined), 'gym:box-office'],
  },
};

function houseOf({ house }: Readonly<Payload>): string | null {
  return typeof house === 'string' ? house : null;
}

/** A payload that somebody signed who knows the provider's secret, to be given to sources of it. */
async function sign(provider: Provider, payload: Payload): Promise<(source: Provider) => Promise<Normalised>> {
  const { headers, body } = await provider.sign!(payload, new Date(NOON));
  return (source) => receive(source, headers, body);
}

const make = async (source: Provider, payload: Payload) => (await sign(source, payload))(source);

it.each(Object.entries(CASES))(
  'IN2.12 ignores deliveries for an account that the source of %s does not take, even those that do not fit',
  async (_name, { provider, accounts: [mine, other], ...payloads }) => {
    const whole = provider();
    const source = ofAccounts(whole, [mine, 'one-more']);
    for (const payload of [payloads.fits, ...payloads.unfit]) {
      const [ofMine, ofOther] = await Promise.all([sign(whole, payload(mine)), sign(whole, payload(other))]);
      const outcome = payload === payloads.fits ? 'event' : 'unfit';
      expect(await ofOther(whole)).toMatchObject({ outcome });
      expect(await ofMine(source)).toEqual(await ofMine(whole));
      expect(await ofOther(source)).toEqual({
        outcome: 'ignored',
        reason: expect.stringContaining('account'),
        tenant: `${whole.name}:${other}`,
      });
      expect(await ofOther(ofAccounts(whole, ['*']))).toEqual(await ofOther(whole));
    }
  },
);

it.each(Object.entries(CASES).filter(([, { unnamed }]) => unnamed !== null))(
  'IN2.12 takes events that name no account, of %s',
  async (_name, { provider, accounts: [mine, other], fits, unnamed }) => {
    const [payload, tenant] = unnamed!;
    for (const accounts of [[], [mine]]) {
      const source = ofAccounts(provider(), accounts);
      expect(await make(source, payload())).toMatchObject({ outcome: 'event', event: { tenant } });
      expect(await make(source, fits(other))).toMatchObject({ outcome: 'ignored' });
    }
  },
);

it('IN2.12 keeps a delivery that does not fit in quarantine if its account can’t be read', async () => {
  const source = ofAccounts(eduzz({ secrets }), ['40021']);
  const moved = attendanceCanceled({ producer: { of: 'another form' } });
  expect(await make(source, moved)).toMatchObject({ outcome: 'unfit', account: null });
});

it('IN2.12 fulfills no privacy request for another account', async () => {
  const wanted = wixClaims(bookingCanceledEvent({ triggeredByAnonymizeRequest: true }), { instanceId: 'site-2' });
  const whole = CASES['wix']!.provider();
  expect(await make(whole, wanted)).toMatchObject({ outcome: 'event', erases: { contacts: expect.any(Array) } });
  expect(await make(ofAccounts(whole, ['site-1']), wanted)).toMatchObject({ outcome: 'ignored' });
});

it('IN2.13 tells of sources of one provider that take events of any account, where their senders could sign them', () => {
  const open = () => eduzz({ secrets });
  const held = (...accounts: string[]) => ofAccounts(open(), accounts);
  const told = (sources: Record<string, Provider>) => withoutAccounts(new Map(Object.entries(sources)));
  expect(told({ one: open(), shop: stripe({ secrets }) })).toEqual([]);
  expect(told({ one: held('1'), two: held('2'), all: held('*') })).toEqual([]);
  const [line, ...others] = told({ one: held('1'), two: open(), shop: stripe({ secrets }), three: open() });
  expect(others).toEqual([]);
  expect(line).toMatch(/^"one", "two", "three" are sources of eduzz, [^:]*any account: "two", "three"\. [^]*accounts/);
  // Wix itself signs for all sites, and a body of Standard Webhooks names no account unless it is told where.
  const site = () => wix({ publicKeys: [keys.publicKey] });
  const plain = (account?: typeof houseOf) => standardWebhooks({ secrets: STANDARD, ...(account && { account }) });
  expect(told({ one: site(), two: site() })).toEqual([]);
  expect(told({ one: plain(), two: plain() })).toEqual([]);
  expect(told({ one: plain(houseOf), two: plain(houseOf) })).toHaveLength(1);
});

it('IN2.12 leaves everything else of a provider as it is', () => {
  const providers = [...Object.values(senders), mailer(), eduzz({ secrets: ['a secret of the suite'] })];
  for (const provider of providers) {
    const held = ofAccounts(provider, ['*']);
    expect(Object.keys(held).toSorted()).toEqual([...Object.keys(provider), 'accounts'].toSorted());
  }
});
