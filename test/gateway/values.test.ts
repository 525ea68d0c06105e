import { expect, it } from 'vitest';
import { bikes, rentalCancelled, signedBike } from '../fixtures/bikes.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { bookingCanceledEvent, wixClaims } from '../fixtures/wix.ts';
import { TestGateway, temporaryFolder } from '../support/gateway.ts';
import { met } from '../support/metrics.ts';

const QUARANTINE = '{ quarantine { edges { node { id type eventId issues { path message } } } } }';
const RELEASE = `mutation ($id: ID!) { releaseQuarantined(id: $id) { state eventId issues { path message } } }`;
const EVENT = '{ events(last: 1) { edges { node { eventId type subject ... on Cancellation { title } raw } } } }';

const many = (id: string, values: number) =>
  attendanceCanceled({ id, participant: { customFields: { many: Array.from({ length: values }, () => 1) } } });

it('IN5.10 keeps a delivery of too many values in quarantine with that reason, until they are allowed', async () => {
  const folder = temporaryFolder();
  const strict = await TestGateway.start({ folder, env: { MAX_BODY_VALUES: '500' } });
  expect((await strict.eduzz(many('few', 400))).body).toMatchObject({ status: 'accepted' });
  expect((await strict.eduzz(many('many', 500))).body).toMatchObject({ status: 'quarantined' });
  expect(await met(strict.url, 'body_values')).toBe(1);
  const { data } = await strict.query(QUARANTINE);
  const [{ node }] = data!['quarantine'].edges;
  expect(node).toMatchObject({ type: 'blinket.attendance_canceled', eventId: 'many' });
  expect(node.issues).toEqual([
    { path: '', message: expect.stringMatching(/^has more than 500 values; .*MAX_BODY_VALUES/) },
  ]);
  const waiting = await strict.query(RELEASE, { id: node.id });
  expect(waiting.data!['releaseQuarantined']).toMatchObject({ state: 'WAITING', issues: node.issues });
  await strict.close();
  const usual = await TestGateway.start({ folder });
  const released = await usual.query(RELEASE, { id: node.id });
  expect(released.data!['releaseQuarantined']).toMatchObject({ state: 'RELEASED', eventId: 'many' });
});

it('IN5.10 fulfils a request for privacy however many values it has', async () => {
  const gateway = await TestGateway.start({ env: { MAX_BODY_VALUES: '100' } });
  const values = Array.from({ length: 300 }, () => 1);
  const sent = async (fields: Record<string, unknown>) =>
    (await gateway.wix(wixClaims(bookingCanceledEvent({ ...fields, values })))).body;
  expect(await sent({})).toMatchObject({ status: 'quarantined' });
  expect(await sent({ triggeredByAnonymizeRequest: true })).toMatchObject({ status: 'accepted' });
});

it('IN5.11 ends a long text in a list early, and has it whole in the payload', async () => {
  const gateway = await TestGateway.start();
  const title = 'Noite \u{1f3b5}'.repeat(1_000);
  await gateway.eduzz(attendanceCanceled({ id: 'long', occasion: { name: title } }));
  const { data } = await gateway.query(EVENT);
  const [{ node }] = data!['events'].edges;
  expect(node.title.length).toBeGreaterThanOrEqual(1_999);
  expect(node.title.length).toBeLessThanOrEqual(2_000);
  expect(title.startsWith(node.title.slice(0, -1))).toBe(true);
  expect(node.title.isWellFormed()).toBe(true);
  expect(node.title.endsWith('…')).toBe(true);
  expect(node.raw.data.event.name).toBe(title);
});

it('IN5.11 keeps a delivery in quarantine whose event has a name that no list could show', async () => {
  const gateway = await TestGateway.start({ sources: new Map([['bikes', bikes(1)]]) });
  const send = async (fields: Record<string, unknown>) =>
    (await gateway.post('bikes', signedBike(rentalCancelled(fields)))).body;
  expect(await send({ event: 'x'.repeat(513) })).toMatchObject({ status: 'quarantined' });
  const { data } = await gateway.query(QUARANTINE);
  const [{ node }] = data!['quarantine'].edges;
  expect(node.issues).toEqual([{ path: '', message: 'its type is longer than 512 characters' }]);
  expect(node.type).toHaveLength(512);
  expect(await send({ event: 'x'.repeat(512) })).toMatchObject({ status: 'accepted' });
});
