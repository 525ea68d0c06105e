import { createHmac } from 'node:crypto';
import { AwsLambdaReceiver } from '@zoom/rivet/meetings';
import * as fc from 'fast-check';
import { beforeAll, expect, it, vi } from 'vitest';
import { answerToSigned } from '../../src/providers/ask.ts';
import { zoom } from '../../src/providers/zoom/zoom.ts';
import { thoroughly } from '../support/thorough.ts';

const SECRET = 'a secret token of the suite';
const provider = zoom({ secrets: [SECRET] });
const AT = 1_739_923_528;

interface Sent {
  readonly body: string;
  readonly time: string;
  readonly signature: string;
}

const hex = (body: string, time: string, secret: string) =>
  createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex');

function signed(body: string, time = String(AT), secret = SECRET): Sent {
  return { body, time, signature: `v0=${hex(body, time, secret)}` };
}

const arrivedAs = ({ body, time, signature }: Sent, receivedAt = Number(time) * 1000) => ({
  headers: { 'x-zm-signature': signature, 'x-zm-request-timestamp': time },
  body: Buffer.from(body),
  receivedAt,
});

/** Whether it takes the signature; whether it understands the body then is another question. */
function takes(sent: Sent, receivedAt?: number): boolean {
  try {
    void provider.verify(arrivedAs(sent, receivedAt));
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    expect(['SIGNATURE_INVALID', 'MALFORMED_DELIVERY']).toContain(code);
    return code === 'MALFORMED_DELIVERY';
  }
}

const handle = new AwsLambdaReceiver({ webhooksSecretToken: SECRET }).start();

async function libraryAnswers({ body, time, signature }: Sent): Promise<{ statusCode: number; body: string }> {
  const headers = { 'x-zm-signature': signature, 'x-zm-request-timestamp': time };
  return (await handle({ body, headers, isBase64Encoded: false }, {})) as never;
}
const libraryTakes = async (sent: Sent) => (await libraryAnswers(sent)).statusCode === 200;

// It prints each delivery.
beforeAll(() => void vi.spyOn(console, 'debug').mockImplementation(() => {}));

/** One letter another, one more, one less; or as it was. */
const edited = (text: string, letters: string) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(text) },
    fc
      .tuple(fc.nat(text.length), fc.constantFrom('', ...letters.split('')), fc.nat(2))
      .map(([at, letter, cut]) => text.slice(0, at) + letter + text.slice(at + cut)),
  );

/** As JSON.stringify writes it: of anything else, its library does not look at what came. */
const isPlain = (body: string) => {
  try {
    return JSON.stringify(JSON.parse(body)) === body;
  } catch {
    return true;
  }
};

const deliveries = fc
  .record({
    body: fc
      .record({ event: fc.constantFrom('meeting.deleted', 'x'), payload: fc.record({ account_id: fc.string() }) })
      .map((value) => JSON.stringify(value)),
    time: fc.integer({ min: 1_000_000_000, max: 1_999_999_999 }).map(String),
    secret: fc.constantFrom(SECRET, SECRET, SECRET, 'another secret token of the suite'),
  })
  .chain(({ body, time, secret }) =>
    fc.record({
      body: edited(body, 'abc1{"}é').filter(isPlain),
      time: fc.oneof({ weight: 4, arbitrary: fc.constant(time) }, fc.integer({ min: 1, max: 1e9 }).map(String)),
      signature: edited(signed(body, time, secret).signature, '0123456789abcdefv='),
    }),
  );

it('IN2.9 takes and refuses of many deliveries of Zoom what its own library does', async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(deliveries, async (sent) => {
      const isTaken = takes(sent);
      if (isTaken) taken += 1;
      expect(isTaken).toBe(await libraryTakes(sent));
    }),
    { numRuns: thoroughly(1_000, 150) },
  );
  // Or it would only say that both refuse everything.
  expect(taken).toBeGreaterThan(thoroughly(50, 5));
});

it('IN2.9 takes a body of Zoom by its bytes; its library parses it, writes it anew, and refuses what Zoom wrote otherwise', async () => {
  for (const body of ['{"event":"x","payload":{"account_id":"a"},"share":1.0}', '{"event":"x", "payload":{}}']) {
    expect([takes(signed(body)), await libraryTakes(signed(body))], body).toEqual([true, false]);
  }
});

it('IN2.6 takes a delivery of Zoom for as long as Zoom tries, two hours; its library takes any', async () => {
  const sent = signed('{"event":"x","payload":{}}');
  expect(await libraryTakes(sent)).toBe(true);
  expect(takes(sent, (AT + 7_200) * 1000)).toBe(true);
  expect(takes(sent, (AT + 7_201) * 1000)).toBe(false);
  expect(takes(sent, (AT - 300) * 1000)).toBe(true);
  expect(takes(sent, (AT - 301) * 1000)).toBe(false);
});

it('IN2.7 takes hex in capitals from Zoom, the same bytes, which its library refuses', async () => {
  const body = '{"event":"x","payload":{}}';
  const sent = { ...signed(body), signature: `v0=${hex(body, String(AT), SECRET).toUpperCase()}` };
  expect([takes(sent), await libraryTakes(sent)]).toEqual([true, false]);
});

const QUESTION = {
  event: 'endpoint.url_validation',
  event_ts: AT * 1000,
  payload: { plainToken: 'qgg8vlvZRS6UYooatFL8Aw' },
};

it('IN11.2 answers the question of Zoom, which comes every 72 hours, as its own library does', async () => {
  const sent = signed(JSON.stringify(QUESTION));
  const arrived = arrivedAs(sent);
  const answer = answerToSigned(provider, await provider.verify(arrived), arrived);
  expect(JSON.parse(answer!.body!)).toEqual(JSON.parse((await libraryAnswers(sent)).body));
  // No other text is ever signed with the secret for a stranger.
  expect(
    takes({ ...sent, signature: signed(sent.body, sent.time, 'another secret token of the suite').signature }),
  ).toBe(false);
});

async function eventOf(event: string, payload: object) {
  const sent = signed(JSON.stringify({ event, event_ts: AT * 1000, payload: { account_id: 'acc', ...payload } }));
  const verified = await provider.verify(arrivedAs(sent));
  return provider.normalise(verified, { source: 'zoom', receivedAt: AT * 1000 });
}

const MEETING = {
  id: 84_012_345_678,
  topic: 'Singing lesson',
  host_id: 'h1',
  start_time: '2026-05-02T15:00:00Z',
  duration: 60,
  timezone: 'America/Sao_Paulo',
};
const TWO = [
  { occurrence_id: '1777734000000', start_time: '2026-05-02T15:00:00Z' },
  { occurrence_id: '1778338800000', start_time: '2026-05-09T15:00:00Z' },
];

it('IN6.11 makes a booking of a meeting of Zoom, and of one of several that repeat a booking of its own', async () => {
  expect(
    await eventOf('meeting.deleted', { operator: 'rosa@coro.example', operator_id: 'o1', object: MEETING }),
  ).toMatchObject({
    event: {
      shape: 'BookingCancellation',
      tenant: 'zoom:acc',
      subject: 'booking/84012345678',
      occurredAt: { at: AT * 1000 },
      data: {
        bookingId: '84012345678',
        startsAt: { at: Date.parse('2026-05-02T15:00:00Z') },
        endsAt: { at: Date.parse('2026-05-02T16:00:00Z') },
        slot: { eventId: '84012345678', staff: { staffId: 'h1' } },
        series: null,
      },
      personal: { canceledBy: { name: 'rosa@coro.example', actorId: 'o1' } },
    },
  });
  const repeated = { ...MEETING, type: 8, occurrences: TWO.slice(1) };
  expect(await eventOf('meeting.deleted', { operation: 'single', object: repeated })).toMatchObject({
    event: {
      subject: 'booking/84012345678.1778338800000',
      data: {
        slot: { eventId: '84012345678', sessionId: '1778338800000' },
        startsAt: { text: '2026-05-09T15:00:00Z' },
      },
    },
  });
  expect(
    await eventOf('webinar.deleted', { operation: 'all', object: { ...MEETING, occurrences: TWO } }),
  ).toMatchObject({
    event: { subject: 'booking/84012345678', data: { series: { seriesId: '84012345678', occurrences: 2 } } },
  });
});

it('IN6.3 tells a moved meeting of Zoom from a meeting with another change', async () => {
  const id = MEETING.id;
  const moved = {
    object: { id, start_time: '2026-05-03T15:00:00Z' },
    old_object: { id, start_time: MEETING.start_time },
  };
  expect(await eventOf('meeting.updated', moved)).toMatchObject({
    event: {
      shape: 'BookingChange',
      data: {
        bookingChange: 'RESCHEDULED',
        startsAt: { text: '2026-05-03T15:00:00Z' },
        previousStartsAt: { text: MEETING.start_time },
        modifiedFields: ['start_time'],
      },
    },
  });
  const renamed = { object: { id, topic: 'Another' }, old_object: { id, topic: 'Singing lesson', 'odd name': 1 } };
  expect(await eventOf('webinar.updated', renamed)).toMatchObject({
    event: { data: { bookingChange: 'UPDATED', title: 'Another', modifiedFields: ['topic'], startsAt: null } },
  });
});

it('IN6.5 makes of a registration at Zoom a booking of its own, and says who cancelled it', async () => {
  const registrant = {
    id: 'r1',
    first_name: 'Paula',
    last_name: 'Reis',
    email: 'Paula@coro.example',
    status: 'pending',
  };
  const object = { ...MEETING, registrant };
  expect(await eventOf('webinar.registration_created', { object })).toMatchObject({
    event: {
      subject: 'booking/r1',
      data: { bookingChange: 'REQUESTED' },
      personal: { customer: { name: 'Paula Reis' } },
    },
  });
  const types = { 'paula@coro.example': 'CUSTOMER', 'rosa@coro.example': 'BUSINESS' };
  for (const [operator, type] of Object.entries(types)) {
    const sent = { operator, operator_id: 'o1', object };
    expect(await eventOf('meeting.registration_cancelled', sent), operator).toMatchObject({
      event: { shape: 'BookingCancellation', data: { slot: { eventId: '84012345678' }, canceledBy: { type } } },
    });
  }
});

it('IN6.6 takes one half of a move at Zoom Scheduler for no cancellation', async () => {
  const scheduled = {
    invitee_email: 'paula@coro.example',
    cancellation: { canceler_type: 'host', reason: 'a cold', cancel_at: '2026-04-03T16:30:00+08:00' },
    scheduled_event: { event_id: 'e1', summary: 'Lesson', invitee_counters: { limit: 3 } },
  };
  expect(await eventOf('scheduler.scheduled_event_canceled', { object: scheduled })).toMatchObject({
    event: {
      shape: 'BookingCancellation',
      occurredAt: { text: '2026-04-03T16:30:00+08:00' },
      data: { bookingId: 'e1', seatsPerSlot: 3, canceledBy: { type: 'BUSINESS' } },
      personal: { reason: 'a cold', customer: { email: 'paula@coro.example' } },
    },
  });
  const moved = { object: { ...scheduled, rescheduled: true } };
  expect(await eventOf('scheduler.scheduled_event_canceled', moved)).toMatchObject({ event: { shape: 'OtherEvent' } });
  expect(await eventOf('scheduler.scheduled_event_created', moved)).toMatchObject({
    event: { data: { bookingChange: 'RESCHEDULED' } },
  });
});

it('IN6.3 puts what happens in a meeting of Zoom with its booking, and finds the people in it', async () => {
  const participant = { user_name: 'Paula Reis', email: 'paula@coro.example', id: 'p1' };
  expect(await eventOf('meeting.participant_joined', { object: { id: '84012345678', participant } })).toMatchObject({
    event: { shape: 'OtherEvent', subject: 'booking/84012345678' },
  });
});
