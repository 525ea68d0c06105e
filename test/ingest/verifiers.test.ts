import { pino } from 'pino';
import { expect, it, onTestFinished, vi } from 'vitest';
import { VerifierError, answerTo, verify } from '../../src/providers/ask.ts';
import type { Challenge } from '../../src/providers/challenge.ts';
import { VerifierFaults } from '../../src/ingest/verifier-faults.ts';
import { HookcastError } from '../../src/errors.ts';
import { jsonBody } from '../../src/providers/body.ts';
import { defineProvider, refuse } from '../../src/providers/define-provider.ts';
import type { Arrived, Delivery, Provider, Verified } from '../../src/providers/provider.ts';
import { verifiedBody } from '../../src/providers/verify/verified.ts';
import { TestGateway } from '../support/gateway.ts';
import { scrape } from '../support/metrics.ts';

const authentic = ({ body }: Pick<Delivery, 'body'>) => verifiedBody(jsonBody.read(body), body);

/** A provider whose verifier somebody wrote by hand. */
function gym(
  verify: (delivery: Delivery) => unknown,
  rest: { readonly headers?: readonly string[]; readonly challenge?: readonly Challenge[] } = {},
): Provider {
  return defineProvider({
    name: 'gym',
    verify: { verify: verify as (delivery: Delivery) => Verified, sign: null },
    about: () => ({ type: 'class.cancelled' }),
    events: {},
    ...rest,
  });
}

function arrived(text: string): Arrived {
  const body = Buffer.from(text);
  return { method: 'POST', target: '/webhooks/gym', headers: {}, body, publicUrl: null, from: () => '', receivedAt: 0 };
}

function recordingLogger(): { logger: pino.Logger; lines: Record<string, any>[] } {
  const lines: Record<string, any>[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { logger, lines };
}

const PERSON = JSON.stringify({ name: 'Iara Ficticia' });
const THROWN: Record<string, (delivery: Delivery) => unknown> = {
  'a missing header': ({ headers }) => (headers['x-gym'] as string).startsWith('sha256='),
  'a message that quotes the body': ({ body }) => JSON.parse(`${String(body)}!`),
  'a promise that is rejected': async () => Promise.reject(new RangeError('no key')),
  'what is no error': () => {
    // oxlint-disable-next-line typescript/only-throw-error
    throw 'no';
  },
  'a symbol, which no text can be made of': () => {
    // oxlint-disable-next-line typescript/only-throw-error
    throw Symbol('no');
  },
  'a promise that is rejected with nothing': async () => Promise.reject(),
  'a promise of another library that is rejected': () => ({
    // oxlint-disable-next-line unicorn/no-thenable
    then: (_done: unknown, failed: (reason: unknown) => void) => failed(null),
  }),
  'an error of the gateway that no verifier may throw': () => {
    throw new HookcastError('LOG_UNAVAILABLE', 'not now');
  },
  nothing: () => undefined,
  'that it fits': () => true,
  'a list': () => [{}],
  'a digest that is no text': ({ body }) => ({ payload: JSON.parse(String(body)), text: String(body), digest: 1 }),
  'a payload alone': ({ body }) => ({ payload: JSON.parse(String(body)) }),
};

it('IN2.11 refuses a delivery on which a user’s own verifier fails, and logs the place once a minute', async () => {
  const { logger, lines } = recordingLogger();
  const kinds = Object.keys(THROWN);
  const sources = new Map(kinds.map((kind, index) => [`gym-${index}`, gym(THROWN[kind]!)]));
  sources.set(
    'refusing',
    gym(() => refuse('x-gym is missing.')),
  );
  sources.set('open', gym(authentic));
  const gateway = await TestGateway.start({ sources, logger });
  for (const source of sources.keys()) {
    for (let repeated = 0; repeated < 2; repeated += 1) {
      const { status, body } = await gateway.post(source, { body: PERSON });
      if (source === 'open') expect(body).toMatchObject({ status: repeated === 0 ? 'accepted' : 'duplicate' });
      else expect({ source, status, code: body['code'] }).toEqual({ source, status: 401, code: 'SIGNATURE_INVALID' });
      if (source === 'refusing') expect(body['detail']).toBe('x-gym is missing.');
    }
  }
  const faults = lines.filter(({ msg }) => String(msg).startsWith('a verifier failed'));
  expect(faults.map(({ source }) => source)).toEqual(kinds.map((_, index) => `gym-${index}`));
  expect(faults[0]).toMatchObject({ level: 40, error: 'TypeError' });
  expect(faults[0]!['stack'][0]).toMatch(/^at .*verifiers\.test\.ts/);
  expect(lines.filter(({ level }) => level >= 50)).toEqual([]);
  expect(JSON.stringify(lines)).not.toContain('Iara');
  // Nor does an alert of the gateway's own failures count them.
  const outcomes = [...(await scrape(gateway)).keys()].filter((name) => name.includes('requests_total'));
  expect(outcomes.filter((name) => /gym|refusing/.test(name) && !name.includes('"signature_invalid"'))).toEqual([]);
});

it('IN2.11 says of a verifier that goes on failing how often, a minute later', async () => {
  const { logger, lines } = recordingLogger();
  let now = 0;
  const faults = new VerifierFaults(logger, () => now);
  const fail = () => faults.watch('gym', () => Promise.reject(new VerifierError(new TypeError('x')))).catch(() => {});
  for (let minutes = 0; minutes < 2; minutes += 1) {
    for (let times = 0; times < 3; times += 1) await fail();
    now += 60_000;
  }
  await fail();
  expect(lines.map(({ more }) => more)).toEqual([undefined, 2, 2]);
});

it('IN2.11 refuses a delivery whose verifier, or answer to a challenge, does not end', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const never = () => new Promise<never>(() => {});
  const delivery = arrived('{}');
  const asked = [
    verify(gym(never), delivery) as Promise<unknown>,
    answerTo(gym(authentic, { challenge: [{ signed: false, method: 'POST', answer: never }] }), delivery),
  ];
  const refusals: unknown[] = [];
  for (const answer of asked) answer.catch((error: unknown) => refusals.push(error));
  await vi.advanceTimersByTimeAsync(9_999);
  expect(refusals).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  const late = { code: 'SIGNATURE_INVALID', cause: { name: 'TimeoutError' } };
  expect(refusals).toMatchObject([late, late]);
  expect(vi.getTimerCount()).toBe(0);
});

it('IN2.11 takes a promise of another library for one', async () => {
  const later = (delivery: Delivery) => ({
    // oxlint-disable-next-line unicorn/no-thenable
    then: (done: (verified: Verified) => void) => done(authentic(delivery)),
  });
  const gateway = await TestGateway.start({
    sources: new Map([
      ['bare', gym(later)],
      ['with-headers', gym(later, { headers: ['x-gym'] })],
    ]),
  });
  for (const source of ['bare', 'with-headers']) {
    expect((await gateway.post(source, { body: PERSON })).body, source).toMatchObject({ status: 'accepted' });
  }
});

it('IN2.11 takes no delivery for a challenge that returns nothing, and refuses one that returns nonsense', async () => {
  const answers: Record<string, unknown> = {
    nothing: undefined,
    text: 'yes',
    'no-body': {},
    later: Promise.resolve(null),
  };
  const signed = (answer: unknown) => ({ signed: true, answer: () => answer }) as Challenge;
  const gateway = await TestGateway.start({
    sources: new Map(
      Object.entries(answers).map(([name, answer]) => [name, gym(authentic, { challenge: [signed(answer)] })]),
    ),
  });
  const statuses: Record<string, number> = {};
  for (const source of Object.keys(answers)) {
    const { status, body } = await gateway.post(source, { body: PERSON });
    statuses[source] = status;
    if (status === 200) expect(body['status']).toBe('accepted');
  }
  expect(statuses).toEqual({ nothing: 200, text: 401, 'no-body': 401, later: 401 });
});

it('IN4.8 keeps an authentic delivery that a provider of one’s own fails on', async () => {
  const { logger, lines } = recordingLogger();
  const provider = gym(authentic);
  const failing = (): never => {
    throw new TypeError('no form');
  };
  const sources = new Map<string, Provider>([
    ['throwing', { ...provider, normalise: failing }],
    ['silent', { ...provider, normalise: () => undefined as never }],
    ['unread', { ...provider, expectedFields: failing }],
  ]);
  const gateway = await TestGateway.start({ sources, logger });
  const answers = new Map<string, unknown>();
  for (const source of sources.keys())
    answers.set(source, (await gateway.post(source, { body: PERSON })).body['status']);
  expect(Object.fromEntries(answers)).toEqual({ throwing: 'quarantined', silent: 'quarantined', unread: 'accepted' });
  expect(lines.find(({ source }) => source === 'throwing')).toMatchObject({
    level: 40,
    issues: [{ message: expect.stringContaining('TypeError at verifiers.test.ts:') }],
  });
  const { data } = await gateway.query('mutation { releaseQuarantined(id: "1") { state } }');
  expect(data?.['releaseQuarantined'] ?? null).toMatchObject({ state: 'WAITING' });
});

it('IN5.13 keeps so many bytes of a source while its verifier waits, sends more away, and leaves other sources alone', async () => {
  let waiting = 0;
  const { promise: keys, resolve: fetched } = Promise.withResolvers<void>();
  const slow = gym(async (delivery) => {
    waiting += 1;
    await keys;
    return authentic(delivery);
  });
  const { logger, lines } = recordingLogger();
  const gateway = await TestGateway.start({
    sources: new Map([
      ['slow', slow],
      ['open', gym(authentic)],
    ]),
    logger,
    env: { MAX_BODY_BYTES: '1048576' },
  });
  const large = (number: number) => JSON.stringify({ number, filler: 'x'.repeat(1_000_000) });
  const answers: ReturnType<TestGateway['post']>[] = [];
  // One after the other: an address may have no more bytes in unfinished bodies.
  while (answers.length < 33) {
    answers.push(gateway.post('slow', { body: large(answers.length) }));
    await expect.poll(() => waiting, { interval: 5 }).toBe(answers.length);
  }
  expect(await gateway.post('slow', { body: large(33) })).toMatchObject({ status: 503, body: { code: 'OVERLOADED' } });
  expect(waiting).toBe(33);
  expect((await gateway.post('open', { body: PERSON })).status).toBe(200);
  fetched();
  for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
  expect((await gateway.post('slow', { body: large(33) })).status).toBe(200);
  // It says nothing of the log that strangers wait.
  expect(lines.filter(({ level }) => level > 30)).toEqual([]);
});
