import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bookingCanceledEvent, wixClaims } from '../fixtures/wix.ts';
import { type EraseOptions, erase } from '../../src/commands/erase.ts';
import { TestGateway, environment, temporaryFolder } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';
import { TestTerminal, call } from '../support/terminal.ts';

const server = sharedPostgres();

const OTHER = '99999999-2222-4333-8444-555555555555';
const FOLLOW = EVENTS.replace('... on Gap {', '... on Erasure { source eventIds }\n      ... on Gap {').replace(
  'eventId',
  'eventId personalData ... on Cancellation { customer { name } }',
);

/** The cancellation of a booking, by one of the people below. */
function booking(id: string, entityId: string, contact: keyof typeof PEOPLE, instanceId?: string) {
  const event = bookingCanceledEvent({ id, entityId, booking: { id: entityId, contactDetails: PEOPLE[contact] } });
  return wixClaims(event, instanceId === undefined ? {} : { instanceId });
}

const PEOPLE = {
  ana: {
    contactId: 'contact-ana',
    firstName: 'Ana',
    lastName: 'Apagada',
    email: 'ana@apagada.example',
    phone: '+34611',
  },
  rui: { contactId: 'contact-rui', firstName: 'Rui', lastName: 'Restante', email: 'rui@restante.example' },
};

/** The delivery that Wix sends when a person asked to be forgotten: the booking without the person. */
function forgotten(id: string, entityId: string, contactId?: string) {
  const event = bookingCanceledEvent({
    id,
    entityId,
    triggeredByAnonymizeRequest: true,
    booking: { id: entityId, contactDetails: contactId === undefined ? null : { contactId } },
  });
  return wixClaims(event);
}

async function states(gateway: TestGateway): Promise<Record<string, string>> {
  const { data } = await gateway.query('{ events(first: 100) { edges { node { eventId personalData raw } } } }');
  return Object.fromEntries(data!['events'].edges.map(({ node }: any) => [node.eventId, node.personalData]));
}

/** Every byte that the log has on the disk. */
function bytesOf(folder: string): string {
  return readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'latin1'))
    .join('\n');
}

it('PRIV1.5 erases the booking and the contact of a privacy request from events, quarantine, memory and files', async () => {
  const gateway = await TestGateway.start();
  const live = await Subscriber.open(gateway, { query: FOLLOW });
  await live.caughtUp();
  const before = live.lastCursor;
  await gateway.wix(booking('a1', 'booking-a', 'ana'));
  await gateway.wix(booking('a2', 'booking-b', 'ana'));
  await gateway.wix(booking('elsewhere', 'booking-a', 'ana', OTHER));
  await gateway.wix(booking('r1', 'booking-c', 'rui'));
  const unfit = bookingCanceledEvent({ id: 'q1', entityId: 'booking-a', booking: { ...PEOPLE.ana, status: 7 } });
  expect((await gateway.wix(wixClaims(unfit))).body['status']).toBe('quarantined');
  await live.events(4);
  expect(live.messages.filter(({ node }) => node?.['customer']?.name === 'Ana Apagada')).toHaveLength(3);

  expect((await gateway.wix(forgotten('f1', 'booking-a'))).body['status']).toBe('accepted');
  await live.until(({ messages }) => messages.some(({ __typename }) => __typename === 'Erasure'));
  // By the booking's own events the contact is known, though the request does not name it. Other tenants' people are theirs.
  const kept = { r1: 'AVAILABLE', elsewhere: 'AVAILABLE' };
  expect(await states(gateway)).toEqual({ a1: 'ERASED', a2: 'ERASED', f1: 'ERASED', ...kept });
  const told = live.messages.flatMap(({ eventIds }) => (eventIds as string[] | undefined) ?? []);
  expect(told.toSorted()).toEqual(['a1', 'a2']);

  // From memory, with a cursor that was given out before.
  const back = await Subscriber.open(gateway, { query: FOLLOW, variables: { after: before } });
  await back.caughtUp();
  expect(back.eventIds).toEqual(['a1', 'a2', 'elsewhere', 'r1', 'f1']);
  expect(back.messages.filter(({ node }) => node?.['personalData'] === 'ERASED')).toHaveLength(3);
  expect(back.messages.some(({ __typename }) => __typename === 'Gap')).toBe(false);

  // Late: another event of the booking, another of the contact, and one that does not fit.
  await gateway.wix(booking('late1', 'booking-a', 'ana'));
  await gateway.wix(booking('late2', 'booking-z', 'ana'));
  const late = bookingCanceledEvent({ id: 'q2', entityId: 'booking-a', booking: { ...PEOPLE.ana, status: 8 } });
  await gateway.wix(wixClaims(late));
  expect(await states(gateway)).toMatchObject({ late1: 'ERASED', late2: 'ERASED', ...kept });
  // Both that didn't fit are kept, without her: the sender has heard that they are, and won't send them again.
  const { data } = await gateway.query('{ quarantine { edges { node { eventId personalData payload } } } }');
  const waiting = data?.['quarantine'].edges.map(({ node }: any) => node);
  expect(waiting).toMatchObject([
    { eventId: 'q1', personalData: 'ERASED', payload: expect.any(Object) },
    { eventId: 'q2', personalData: 'ERASED', payload: expect.any(Object) },
  ]);
  expect(JSON.stringify(waiting)).toContain('b0000000-0000-4000-8000-000000000001');
  expect(JSON.stringify(waiting)).not.toMatch(/apagada|34611/i);

  await gateway.wix(forgotten('f2', 'booking-a', 'contact-ana'));
  await gateway.close();
  // The other tenant has its own Ana: it is asked to forget her by e-mail before the files are searched.
  const folder = gateway.folder;
  await erase({ email: 'ana@apagada.example' }, new TestTerminal(environment(folder)));
  const bytes = bytesOf(folder);
  expect(bytes).toContain('rui@restante.example');
  expect(bytes).not.toMatch(/ana@apagada|Apagada|\+34611/i);
});

it('PRIV1.6 erases by e-mail address while a gateway runs, tells its subscribers, and prints a receipt without personal data', async () => {
  const gateway = await TestGateway.start();
  await gateway.wix(booking('a1', 'booking-a', 'ana'));
  await gateway.wix(booking('r1', 'booking-c', 'rui'));
  const live = await Subscriber.open(gateway, { query: FOLLOW });
  await live.caughtUp();
  const shout = PEOPLE.ana.email.toUpperCase();
  const erased = await call(['erase', '--email', shout, '--by', 'ticket 8812'], environment(gateway.folder));
  expect(erased).toMatchObject({ code: 0, stderr: '' });
  expect(erased.stdout).toMatch(/ordered by +ticket 8812[^]*events +1\n +wix a1\n +quarantine +0/);
  expect(erased.stdout).not.toMatch(/ana|apagada/i);
  await live.until(({ messages }) => messages.some(({ __typename }) => __typename === 'Erasure'));
  expect(live.messages.at(-1)).toMatchObject({ source: 'wix', eventIds: ['a1'] });
  expect(await states(gateway)).toEqual({ a1: 'ERASED', r1: 'AVAILABLE' });
  // With the gateway still open: what it holds is no excuse.
  expect(bytesOf(gateway.folder)).not.toMatch(/ana@apagada|Apagada|\+34611/i);

  const terminal = new TestTerminal(environment(gateway.folder));
  await erase({ email: shout }, terminal);
  expect(terminal.lines.at(-2)).toBe('Nothing was found.');
});

it('PRIV1.1 erases by subject, of any tenant of the source', async () => {
  const gateway = await TestGateway.start();
  await gateway.wix(booking('a1', 'booking-a', 'ana'));
  await gateway.wix(booking('a2', 'booking-a', 'ana', OTHER));
  await gateway.wix(booking('r1', 'booking-c', 'rui'));
  const terminal = new TestTerminal(environment(gateway.folder));
  const of = { source: 'wix', subject: 'booking/booking-a' };
  await expect(erase(of, terminal)).rejects.toThrow('more than one subject');
  await erase({ ...of, yes: true }, terminal);
  expect(terminal.lines.join('\n')).toMatch(/events +2\n/);
  expect(await states(gateway)).toEqual({ a1: 'ERASED', a2: 'ERASED', r1: 'AVAILABLE' });
});

it('OPS3.6 erase says what is missing', async () => {
  const folder = temporaryFolder();
  const gateway = await TestGateway.start({ folder });
  await gateway.close();
  const wrong: [EraseOptions, RegExp][] = [
    [{}, /Say whose data/],
    [{ email: 'a@b.example', subject: 'ticket/1' }, /not both/],
    [{ subject: 'ticket/1' }, /--source is missing/],
    [{ source: 'wix', subject: 'booking' }, /--subject: expected/],
    [{ email: 'nobody' }, /--email: expected/],
  ];
  for (const [args, expected] of wrong) {
    await expect(erase(args, new TestTerminal(environment(folder)))).rejects.toThrow(expected);
  }
});

it('PRIV1.6 makes every gateway on one database drop what it holds in memory', async () => {
  const env = { DATABASE_URL: await server.newDatabase() };
  const [one, two] = await Promise.all([TestGateway.start({ env }), TestGateway.start({ env })]);
  const live = await Subscriber.open(two, { query: FOLLOW });
  await live.caughtUp();
  const before = live.lastCursor;
  await one.wix(booking('a1', 'booking-a', 'ana'));
  await live.events(1);
  await one.wix(forgotten('f1', 'booking-a'));
  await live.until(({ messages }) => messages.some(({ __typename }) => __typename === 'Erasure'));
  const back = await Subscriber.open(two, { query: FOLLOW, variables: { after: before } });
  await back.caughtUp();
  expect(back.messages.filter(({ node }) => node).map(({ node }) => node!['personalData'])).toEqual([
    'ERASED',
    'ERASED',
  ]);
});
