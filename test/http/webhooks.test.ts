import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { ofAccounts } from '../../src/providers/accounts.ts';
import { calCom } from '../../src/providers/cal-com/cal-com.ts';
import { calendly } from '../../src/providers/calendly/calendly.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { signAsWix } from '../../src/providers/wix/samples.ts';
import { attendanceCanceled, eduzzEvent } from '../fixtures/eduzz.ts';
import { calendlyCanceled } from '../fixtures/providers.ts';
import { bookingCanceled, bookingCanceledEvent, wixClaims } from '../fixtures/wix.ts';
import { EDUZZ_SECRET, TestGateway, receipt, signedAsEduzz, wixKeys } from '../support/gateway.ts';
import { scrapeText } from '../support/metrics.ts';
import { requestText, talk } from '../support/talk.ts';

/** For tests that begin with what is there, and change nothing but by deliveries. */
let shared: TestGateway;

beforeAll(async () => void (shared = await TestGateway.start({ lasting: true })));
afterAll(() => shared.end());

const HANDSHAKE = {
  connection: 'upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  'sec-websocket-protocol': 'graphql-transport-ws',
};

const COUNT = /* GraphQL */ `
  {
    events(last: 100) {
      edges {
        node {
          eventId
          type
        }
      }
    }
  }
`;

async function recorded(gateway: TestGateway): Promise<string[]> {
  const { data } = await gateway.query(COUNT);
  return data?.['events'].edges.map((edge: any) => edge.node.eventId);
}

it('IN1.1 answers 200 with the outcome of a delivery, whose event is then in the log', async () => {
  const gateway = shared;
  const ticket = attendanceCanceled({ id: 'ticket-1' });
  const booking = wixClaims(bookingCanceledEvent({ id: 'booking-1' }));
  expect(await gateway.eduzz(ticket)).toMatchObject({ status: 200, body: { status: 'accepted', id: 'ticket-1' } });
  expect(await gateway.wix(booking)).toMatchObject({ status: 200, body: { status: 'accepted', id: 'booking-1' } });
  expect(await gateway.eduzz(eduzzEvent('brand.new'))).toMatchObject({ status: 200, body: { status: 'accepted' } });
  expect((await recorded(gateway)).slice(-3, -1)).toEqual(['ticket-1', 'booking-1']);
});

it('IN3.1 answers 200 to a duplicate, however many come at the same moment, and records one', async () => {
  const gateway = shared;
  const payload = attendanceCanceled({ id: 'again' });
  const answers = await Promise.all(Array.from({ length: 20 }, () => gateway.eduzz(payload)));
  const statuses = answers.map(({ status, body }) => `${status} ${body['status']}`);
  expect(statuses.toSorted()).toEqual(['200 accepted', ...Array.from({ length: 19 }, () => '200 duplicate')]);
  // Also when the provider changed the rest of it: the id is the event.
  expect(await gateway.eduzz({ ...payload, sentDate: '2026-05-05T00:00:00Z' })).toMatchObject({
    body: { status: 'duplicate', id: 'again' },
  });
  expect((await recorded(gateway)).filter((id) => id === 'again')).toHaveLength(1);
  const booking = bookingCanceled();
  await gateway.wix(booking);
  expect(await gateway.wix(booking)).toMatchObject({ status: 200, body: { status: 'duplicate' } });
});

it('IN2.1 answers 401 to a delivery that it can’t authenticate, and keeps only a count of it', async () => {
  const gateway = await TestGateway.start();
  const { body, headers } = signAsEduzz(attendanceCanceled(), EDUZZ_SECRET);
  const forged = [
    await gateway.post('eduzz', { body }),
    await gateway.post('eduzz', signAsEduzz(attendanceCanceled(), 'another secret')),
    await gateway.post('eduzz', { headers, body: body.replace('Iara', 'Ivan') }),
    await gateway.post('eduzz', { headers: { 'x-signature': '' }, body }),
    await gateway.post('wix', { body: (await signAsWix(bookingCanceled(), wixKeys.privateKey)).body.slice(0, -2) }),
  ];
  for (const answer of forged) {
    expect(answer).toMatchObject({
      status: 401,
      contentType: 'application/problem+json',
      body: { status: 401, code: 'SIGNATURE_INVALID', type: 'urn:hookcast:problem:signature-invalid' },
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/Iara|Ivan|test-secret/);
  }
  expect(await recorded(gateway)).toEqual([]);
  const database = new DatabaseSync(join(gateway.folder, 'hookcast.db'), { readOnly: true });
  expect(database.prepare('SELECT count(*) AS count FROM quarantine').get()).toEqual({ count: 0 });
  database.close();
  const metrics = await scrapeText(gateway);
  expect(metrics).toContain('hookcast_webhook_requests_total{source="eduzz",outcome="signature_invalid"} 4');
});

it('IN2.10 never takes one source’s delivery for another’s', async () => {
  const gateway = shared;
  expect(await gateway.post('wix', signAsEduzz(attendanceCanceled(), EDUZZ_SECRET))).toMatchObject({ status: 400 });
  const token = await signAsWix(bookingCanceled(), wixKeys.privateKey);
  expect(await gateway.post('eduzz', token)).toMatchObject({ status: 401 });
});

it('IN5.2 answers 400 to signed bytes that no provider sends', async () => {
  const gateway = shared;
  const before = await recorded(gateway);
  for (const body of ['', 'nonsense', '[]', Buffer.from([0x7b, 0xff, 0x7d])]) {
    expect(await gateway.post('eduzz', signedAsEduzz(body))).toMatchObject({
      status: 400,
      body: { code: 'MALFORMED_DELIVERY' },
    });
  }
  expect(await gateway.post('wix', { body: '{"data":{}}' })).toMatchObject({ status: 400 });
  expect(await recorded(gateway)).toEqual(before);
});

it('IN4.1 answers 200 to an authentic delivery that does not fit, and keeps it once', async () => {
  const gateway = await TestGateway.start();
  const payload = attendanceCanceled({ id: 'odd', participant: { id: ['odd'] } });
  const first = await gateway.eduzz(payload);
  expect(first).toMatchObject({ status: 200, body: { status: 'quarantined', id: '1' } });
  expect(await gateway.eduzz(payload)).toMatchObject({ status: 200, body: { status: 'quarantined', id: '1' } });
  expect(await recorded(gateway)).toEqual([]);
  const log = new SqliteLog(join(gateway.folder, 'hookcast.db'));
  onTestFinished(() => log.close());
  expect(await log.quarantine.list({ limit: 10 })).toMatchObject([
    {
      source: 'eduzz',
      eventId: 'odd',
      payload: JSON.stringify(payload),
      issues: [{ path: 'data.participant.id' }],
    },
  ]);
});

it('IN6.9 answers a ping, and records nothing', async () => {
  const gateway = shared;
  const before = await recorded(gateway);
  const ping = { event: 'ping', data: { message: 'ping' } };
  expect(await gateway.eduzz(ping)).toMatchObject({ status: 200, body: { status: 'pong', id: null } });
  expect(await gateway.post('eduzz', { body: JSON.stringify(ping) })).toMatchObject({ status: 200 });
  expect(await recorded(gateway)).toEqual(before);
});

it('IN5.3 answers 413 to a body over the cap, whatever its length says it is', async () => {
  const gateway = await TestGateway.start({ env: { MAX_BODY_BYTES: '2048' } });
  const fits = JSON.stringify(eduzzEvent('x.y', { filler: '' }));
  const padded = (length: number) => fits.replace('"filler":""', `"filler":"${'x'.repeat(length - fits.length)}"`);
  expect(await gateway.post('eduzz', signedAsEduzz(padded(2048)))).toMatchObject({ status: 200 });
  const large = await gateway.post('eduzz', signedAsEduzz(padded(2049)));
  expect(large).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
  expect(await gateway.post('eduzz', signedAsEduzz('x'.repeat(4_000_000)))).toMatchObject({ status: 413 });

  const chunked = new ReadableStream({
    start(controller) {
      for (let chunk = 0; chunk < 5; chunk += 1) controller.enqueue(new Uint8Array(1024));
      controller.close();
    },
  });
  const init = { method: 'POST', body: chunked, duplex: 'half' } as RequestInit;
  expect(await receipt(await fetch(`${gateway.url}/webhooks/eduzz`, init))).toMatchObject({ status: 413 });
  expect(await recorded(gateway)).toHaveLength(1);
});

it.each([
  ['eduzz', 413, ''],
  ['eduzz', 415, 'content-encoding: gzip\r\n'],
  ['unknown', 404, ''],
  ['calendly', 200, ''],
] as const)(
  'IN5.14 answers %s %i while the body is still sent, and goes on over the connection',
  async (source, status, more) => {
    const sources = new Map([
      ['eduzz', eduzz({ secrets: [EDUZZ_SECRET] })],
      ['calendly', calendly({ secrets: ['a signing key of the suite'] })],
    ]);
    const env = { MAX_BODY_BYTES: '2048', MAX_UNFINISHED_BYTES: '65536' };
    const gateway = await TestGateway.start({ env, sources });
    const body = 'x'.repeat(5_000_000);
    const head = `POST /webhooks/${source} HTTP/1.1\r\nhost: a\r\n${more}content-length: ${body.length}\r\n\r\n`;
    const { socket, said } = await talk(gateway, head);
    await expect.poll(said).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(said()).not.toContain('connection: close');
    socket.write(`${body}GET /livez HTTP/1.1\r\nhost: a\r\n\r\n`);
    await expect.poll(() => said().match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`, 'HTTP/1.1 200']);
  },
);

it.each(['/webhooks/eduzz', '/webhooks/unknown', '/graphql', '/nowhere', '/livez'])(
  'IN5.14 does not read a body without end after it has answered a POST to %s',
  async (path) => {
    const gateway = await TestGateway.start({ env: { HTTP_REQUEST_TIMEOUT_MS: '300000' } });
    const head = `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000000000\r\n\r\n`;
    /** Who is cut off first: one that sends nothing more, or one that comes after it and sends as fast as it can. */
    const first = async () => {
      const idle = await talk(gateway, head);
      await expect.poll(idle.said).toMatch(/^HTTP\/1\.1 \d/);
      const { socket, said, ended } = await talk(gateway, head);
      await expect.poll(said).toMatch(/^HTTP\/1\.1 \d/);
      const chunk = Buffer.alloc(65_536);
      const more = () => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on('drain', more);
      more();
      const cutOff = await Promise.race([idle.ended.then(() => 'idle'), ended.then(() => 'fast')]);
      await Promise.all([idle.ended, ended]);
      return cutOff;
    };
    // On a busy machine the two seconds of the idle one may be over before the bytes of the other have come.
    await expect.poll(first).toBe('fast');
  },
);

it('IN5.12 takes a larger body of a sender that stops over a refusal, and drops one that is larger still', async () => {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const key = 'a signing key of the suite';
  // By the settings and in a file, with accounts and without.
  const sources = new Map([
    ['calendly', calendly({ secrets: [key] })],
    ['atelier', ofAccounts(calendly({ secrets: [key] }), ['user-1'])],
  ]);
  const env = { MAX_BODY_BYTES: '2048', MAX_UNFINISHED_BYTES: '65536' };
  const gateway = await TestGateway.start({ env, sources, logger });
  const recap = (length: number) => ({
    event: 'meeting_recap.created',
    created_at: new Date().toISOString(),
    created_by: 'https://api.calendly.com/users/user-1',
    payload: { uri: `https://api.calendly.com/meeting_recaps/r${length}`, discussion_md: 'x'.repeat(length) },
  });
  const send = async (source: string, payload: Record<string, unknown>) =>
    gateway.post(source, await sources.get(source)!.sign!(payload, new Date()));
  const most = 1024 * 1024;
  for (const source of sources.keys()) {
    expect(await send(source, recap(300_000))).toMatchObject({ status: 200, body: { status: 'accepted' } });
    for (const length of [most, most + 1]) {
      expect(await send(source, recap(length))).toMatchObject({ status: 200, body: { status: 'ignored', id: null } });
    }
    expect(await send(source, calendlyCanceled())).toMatchObject({ status: 200, body: { status: 'accepted' } });
    const said = lines.filter((line) => line['level'] === 40 && line['source'] === source);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatchObject({
      outcome: 'body_too_large',
      most,
      msg: expect.stringMatching(/is lost.*MAX_BODY_BYTES/),
    });
    expect(await scrapeText(gateway)).toContain(
      `hookcast_webhook_requests_total{source="${source}",outcome="body_too_large"} 2`,
    );
  }
});

it('IN5.12 refuses too large deliveries of every other sender, and forgeries of any size', async () => {
  const sources = new Map<string, Provider>([
    ['calendly', calendly({ secrets: ['a signing key of the suite'] })],
    ['calcom', calCom({ secrets: ['a secret of the suite'] })],
  ]);
  const gateway = await TestGateway.start({ env: { MAX_BODY_BYTES: '2048' }, sources });
  const body = 'x'.repeat(3_000);
  const headers = { 'calendly-webhook-signature': 't=1,v1=00', 'x-cal-signature-256': '00' };
  expect(await gateway.post('calcom', { headers, body })).toMatchObject({ status: 413 });
  expect(await gateway.post('calendly', { headers, body })).toMatchObject({ status: 401 });
});

it('IN5.2 answers 415 to a compressed body, 405 to other methods, 404 to other sources', async () => {
  const gateway = shared;
  const { headers, body } = signAsEduzz(attendanceCanceled(), EDUZZ_SECRET);
  const compressed = { headers: { ...headers, 'content-encoding': 'gzip' }, body: gzipSync(body) };
  expect(await gateway.post('eduzz', compressed)).toMatchObject({
    status: 415,
    body: { code: 'ENCODING_UNSUPPORTED' },
  });
  for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    const answer = await receipt(await fetch(`${gateway.url}/webhooks/eduzz`, { method }));
    expect(answer).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } });
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
  }
  for (const source of ['stripe', '', 'eduzz/extra', '__proto__', '..%2feduzz']) {
    expect((await gateway.post(source, { headers, body })).status, source).toBe(404);
  }
  expect(await receipt(await fetch(`${gateway.url}/elsewhere`))).toMatchObject({
    status: 404,
    contentType: 'application/problem+json',
  });
  // Pasted along with the address, more often than not.
  expect(await gateway.post('eduzz/', { headers, body })).toMatchObject({ status: 200 });
  expect(await gateway.post('eduzz?x=1', { headers, body })).toMatchObject({ status: 200 });
});

it('IN2.14 answers a check whether a URL exists, and shows and records nothing', async () => {
  const gateway = await TestGateway.start();
  const looks: RequestInit[] = [
    { method: 'GET' },
    { method: 'HEAD' },
    { method: 'POST' },
    { method: 'POST', body: '', headers: { 'content-type': 'application/json', 'user-agent': 'Platform/1.0' } },
  ];
  for (const source of ['eduzz', 'wix']) {
    for (const look of looks) {
      const response = await fetch(`${gateway.url}/webhooks/${source}`, look);
      expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([200, null, '']);
      const elsewhere = await fetch(`${gateway.url}/webhooks/elsewhere`, look);
      expect(elsewhere.status).toBe(404);
    }
  }
  expect(await recorded(gateway)).toEqual([]);
  const metrics = await scrapeText(gateway);
  expect(metrics).toContain(`hookcast_webhook_requests_total{source="eduzz",outcome="pong"} ${looks.length}`);
});

it('IN2.14 takes no signed request for a check of the URL, since a redirect may have lost its body', async () => {
  const gateway = shared;
  const before = await recorded(gateway);
  const { headers } = signAsEduzz(attendanceCanceled(), EDUZZ_SECRET);
  const names = [
    'x-signature',
    'Stripe-Signature',
    'Calendly-Webhook-Signature',
    'x-cal-signature-256',
    'paypal-transmission-sig',
  ];
  for (const name of [...names, 'webhook-signature', 'x-shopify-hmac-sha256', 'x-gitlab-token', 'authorization']) {
    const signed = { [name]: headers['x-signature']! };
    for (const method of ['GET', 'HEAD']) {
      const response = await fetch(`${gateway.url}/webhooks/eduzz`, { method, headers: signed });
      expect([name, method, response.status]).toEqual([name, method, 405]);
      if (method === 'GET')
        expect(await response.json()).toMatchObject({ detail: expect.stringContaining('redirect') });
    }
    expect([name, (await gateway.post('eduzz', { headers: signed, body: '' })).status]).toEqual([name, 401]);
  }
  expect(await recorded(gateway)).toEqual(before);
});

it('IN5.9 takes a body whose Content-Encoding is identity', async () => {
  const gateway = shared;
  const { headers, body } = signAsEduzz(attendanceCanceled(), EDUZZ_SECRET);
  for (const encoding of ['', 'identity', 'Identity', ' identity , identity', ',']) {
    const answer = await gateway.post('eduzz', { headers: { ...headers, 'content-encoding': encoding }, body });
    expect([encoding, answer.status]).toEqual([encoding, 200]);
  }
  for (const encoding of ['gzip', 'identity, gzip', 'br,', 'identities']) {
    const answer = await gateway.post('eduzz', { headers: { ...headers, 'content-encoding': encoding }, body });
    expect([encoding, answer.status]).toEqual([encoding, 415]);
  }
});

it('IN5.9 takes a request whose target is a whole URL, and goes by the host in it', async () => {
  const gateway = shared;
  const { host } = new URL(gateway.url);
  const ask = async (
    target: string,
    { method = 'GET', body = '', ...more }: Partial<Parameters<typeof requestText>[1]>,
  ) => {
    const headers = { host: 'elsewhere', connection: 'close', ...more.headers };
    const { said, ended } = await talk(gateway, requestText(target, { method, body, headers }));
    await ended;
    return said();
  };
  const { headers, body } = signAsEduzz(attendanceCanceled({ id: 'absolute' }), EDUZZ_SECRET);
  for (const scheme of ['http', 'HTTPS']) {
    const answer = await ask(`${scheme}://${host}/webhooks/eduzz?x=1`, { method: 'POST', headers, body });
    expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*"absolute"/);
  }
  expect(await ask(`http://user@${host}/livez`, {})).toMatch(/^HTTP\/1\.1 200 /);
  expect(await ask(`http://${host}?x=1`, {})).toMatch(/^HTTP\/1\.1 404 /);
  expect(await ask(`http://${host}/console`, {})).toMatch(/^HTTP\/1\.1 /);
  for (const target of ['*', 'ftp://x/livez', 'http:///livez']) {
    expect(await ask(target, { method: 'OPTIONS' }), target).toMatch(/^HTTP\/1\.1 4\d\d /);
  }
  const { said } = await talk(gateway, requestText(`http://${host}/graphql`, { headers: HANDSHAKE }));
  await expect.poll(said).toMatch(/^HTTP\/1\.1 101 /);
  // A page of the gateway's own is known by the host of the target, and no other is.
  const asked = { method: 'OPTIONS', headers: { origin: `http://${host}` } };
  expect(await ask(`http://${host}/graphql`, asked)).toMatch(/^HTTP\/1\.1 204 /);
  expect(await ask('http://elsewhere/graphql', asked)).toMatch(/^HTTP\/1\.1 403 /);
});

it('IN6.7 takes any content type, since some providers send none', async () => {
  const gateway = shared;
  for (const type of ['application/json; charset=utf-8', 'text/plain', 'application/octet-stream', 'nonsense']) {
    const { headers, body } = signAsEduzz(attendanceCanceled(), EDUZZ_SECRET);
    const answer = await gateway.post('eduzz', { headers: { ...headers, 'content-type': type }, body });
    expect(answer).toMatchObject({ status: 200, body: { status: 'accepted' } });
  }
});

it('IN5.1 survives connections that break off, lie about their length, or are no HTTP at all', async () => {
  const gateway = shared;
  const { port } = new URL(gateway.url);
  const talk = (bytes: string | Buffer, { hangUp = false } = {}) =>
    new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1');
      let heard = '';
      socket.on('data', (chunk) => (heard += chunk.toString()));
      socket.on('close', () => resolve(heard));
      socket.on('error', () => resolve(heard));
      socket.write(bytes);
      if (hangUp) setImmediate(() => socket.destroy());
    });
  const head = 'POST /webhooks/eduzz HTTP/1.1\r\nhost: x\r\n';
  await talk(`${head}content-length: 500\r\n\r\n{"event":`, { hangUp: true });
  expect(await talk('\u0016\u0003\u0001 not http\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
  expect(await talk(`${head}content-length: -1\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400/);
  expect(await talk(`${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 400/,
  );
  // Says two bytes and sends a second request behind them: it is not taken for a part of the first.
  const smuggled = await talk(`${head}content-length: 2\r\n\r\n{}GET /livez HTTP/1.1\r\n\r\n`);
  expect(smuggled).toMatch(/^HTTP\/1\.1 401/);
  expect(smuggled).not.toContain('"status":"ok"');
  expect(await gateway.eduzz(attendanceCanceled())).toMatchObject({ status: 200 });
});

it('IN5.1 does not let a slow sender hold up the others', async () => {
  const gateway = shared;
  const { port } = new URL(gateway.url);
  const slow = Array.from({ length: 200 }, () => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write('POST /webhooks/eduzz HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n{');
    return socket;
  });
  const answers = await Promise.all(Array.from({ length: 20 }, () => gateway.eduzz(attendanceCanceled())));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  for (const socket of slow) socket.destroy();
});

it('IN1.2 answers 503 with Retry-After while the log can’t be written, and 200 afterwards', async () => {
  const gateway = await TestGateway.start();
  const payload = attendanceCanceled({ id: 'patient' });
  const locked = new DatabaseSync(join(gateway.folder, 'hookcast.db'), { timeout: 10_000 });
  locked.exec('BEGIN IMMEDIATE');
  const refused = await gateway.eduzz(payload);
  expect(refused).toMatchObject({ status: 503, body: { code: 'LOG_UNAVAILABLE' } });
  expect(refused.headers.get('retry-after')).toBe('5');
  locked.exec('ROLLBACK');
  locked.close();
  expect(await gateway.eduzz(payload)).toMatchObject({ status: 200, body: { status: 'accepted' } });
});

it('PRIV2.1 writes neither people nor secrets to its own log', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const gateway = await TestGateway.start({ logger });
  const { headers, body } = signAsEduzz(attendanceCanceled(), EDUZZ_SECRET);
  await gateway.post('eduzz', { headers, body });
  await gateway.post('eduzz', { headers, body: body.replace('Iara', 'Ivan') });
  await gateway.eduzz(attendanceCanceled({ participant: { id: ['odd'] } }));
  await gateway.eduzz(attendanceCanceled({ participant: { id: ['odder'] } }));
  await gateway.wix(wixClaims(bookingCanceledEvent({ booking: { status: 1 } })));
  await gateway.post('wix', { body: 'Ana Imaginaria' });
  await gateway.query('{ events(first: 1) { edges { node { raw } } } }');
  await gateway.query('{ nothing(email: "ana@imaginaria.example") }');
  await gateway.query('{ events(first: 500, filter: { subjects: ["ana@imaginaria.example"] }) { head } }');
  await gateway.query('{ node(id: "ana@imaginaria.example") { id } }');
  const text = lines.join('');
  expect(text).toContain('quarantine');
  expect(text).not.toMatch(/Iara|Ivan|iara@|Rosa|Ana|imaginaria|\+5511|00412233|Bearer/);
  expect(text).not.toContain(EDUZZ_SECRET);
  expect(text).not.toContain(headers['x-signature']);
});
