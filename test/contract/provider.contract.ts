import { connect } from 'node:net';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it, onTestFailed } from 'vitest';
import { HookcastError } from '../../src/errors.ts';
import type { NewEvent } from '../../src/events/event.ts';
import { parseJson } from '../../src/providers/payload.ts';
import type { Normalised, Provider, Verified } from '../../src/providers/provider.ts';
import type { SignedDelivery } from '../../src/providers/sample.ts';
import { receipt } from '../support/gateway.ts';
import { MAX_BODY_BYTES, PUBLIC_URL, type Served, serveProvider } from '../support/serve-provider.ts';
import { hostileMembers, mutated, oddly, withMember, withSecrets } from './mutation.ts';
import { thoroughly } from '../support/thorough.ts';

type Payload = Record<string, unknown>;
type Secrets = readonly [string, ...string[]];

/** How the suite gets at a provider. Each listed provider must keep all promises. */
export interface ProviderUnderTest {
  readonly name: string;
  readonly provider: (secrets: Secrets) => Provider;
  /** Three that differ. */
  readonly secrets: readonly [string, string, string];
  /** Signs the bytes as the provider does, by other means than the gateway's: for `PUBLIC_URL`/webhooks/it, where it signs that. */
  readonly sign: (bytes: Buffer, secret: string, at: Date) => SignedDelivery | Promise<SignedDelivery>;
  /** The text that is written and signed for a payload, if it is not the payload itself. */
  readonly document?: (payload: Payload, at: Date) => Payload;
  /** Null where the body holds its own signature. */
  readonly signatureHeader: string | null;
  /** How old and how far ahead a delivery may be, in seconds; null where no time is signed, or none ahead is refused. */
  readonly timestamped: { readonly past: number; readonly future: number | null } | null;
  /** Payloads of the events that have a type, by name. */
  readonly valid: Readonly<Record<string, () => Payload>>;
  readonly unknown: () => Payload;
  /** One of a known event that does not fit, and where. */
  readonly unfit: { readonly payload: () => Payload; readonly path: string };
  /** The paths of members that decide whether there is an event, and which one. */
  readonly decisive: readonly string[];
  /** The texts in the valid payloads that identify somebody. */
  readonly personal: readonly string[];
  /** Whether a body that is too large is answered 200, since its sender would stop sending anything. */
  readonly dropsTooLarge?: boolean;
  /** Whether authentic text that is no JSON object is kept as well, since the sender's users may template it. */
  readonly keepsAnyText?: boolean;
  /** Whether it sends lists of events, so that a list is no garbled body. `document` then puts a payload into one. */
  readonly sendsLists?: boolean;
  /** Whether what is sent is a token, or a signature over something else than the body. */
  readonly leavesBodyUnsigned?: boolean;
  /** Whether its events have no types, since they say too little, or nothing that is declared. */
  readonly hasNoTypes?: boolean;
}

const NOW = Math.floor(Date.now() / 1000) * 1000;
const PLACE = { source: 'it', receivedAt: NOW };
const DEEP = 20_000;

/** The promises of every provider. */
export function describeProvider(under: ProviderUnderTest): void {
  const { name, secrets, sign, document = (payload: Payload) => payload, signatureHeader } = under;
  const [one, two, three] = secrets;
  const provider = under.provider([one, two]);
  const textOf = (payload: Payload) => JSON.stringify(document(payload, new Date(NOW)));
  const [[type, validPayload]] = Object.entries(under.valid) as [[string, () => Payload]];

  const signed = (content: string | Buffer, secret: string = one, at = NOW) =>
    sign(Buffer.from(content as string), secret, new Date(at));
  const verify = async (
    {
      headers,
      body,
      query,
    }: { headers: Record<string, string | string[] | undefined>; body: string | Buffer; query?: string },
    { receivedAt = NOW, by = provider } = {},
  ): Promise<Verified> =>
    by.verify({
      headers,
      body: Buffer.from(body as string),
      receivedAt,
      publicUrl: PUBLIC_URL,
      target: withQuery('/webhooks/it', query),
    });
  /** Of a delivery that tells of several events, of the first. */
  const normalise = async (content: string | Buffer): Promise<Normalised> => {
    const verified = await verify(await signed(content));
    const [first = verified] = provider.parts?.(verified) ?? [];
    return provider.normalise(first, PLACE);
  };
  const eventOf = async (content: string | Buffer): Promise<NewEvent> => {
    const normalised = await normalise(content);
    if (normalised.outcome !== 'event') throw new Error(JSON.stringify(normalised));
    return normalised.event;
  };
  const refusal = (code: string) => expect.objectContaining({ name: 'HookcastError', code });
  // Of a body that holds its own signature, what is garbled may not even be found to be signed.
  const garbled = signatureHeader === null ? expect.any(HookcastError) : refusal('MALFORMED_DELIVERY');

  describe(`${name}: signatures`, () => {
    it('IN2.4 takes deliveries that are signed with any of the secrets, and refuses those of a removed secret', async () => {
      for (const secret of [one, two]) {
        await expect(verify(await signed(textOf(validPayload()), secret))).resolves.toHaveProperty('payload');
      }
      await expect(verify(await signed(textOf(validPayload()), three))).rejects.toEqual(refusal('SIGNATURE_INVALID'));
      const rotated = under.provider([two]);
      const old = await signed(textOf(validPayload()), one);
      await expect(verify(old, { by: rotated })).rejects.toEqual(refusal('SIGNATURE_INVALID'));
      await expect(verify(await signed(textOf(validPayload()), two), { by: rotated })).resolves.toBeDefined();
    });

    it('IN2.5 is not made with a secret that is missing or empty, which anybody could sign with, and says which', () => {
      const where = String.raw`(?:${provider.name}|(?:hmac|asymmetric) \([\w-]+\)): (?:secrets|publicKeys|tokens)`;
      for (const none of [undefined, null, [], {}, '', one, 7]) {
        expect(() => under.provider(none as never), JSON.stringify(none)).toThrow(
          new RegExp(`^${where} must be a list`),
        );
      }
      for (const empty of ['', ' ', '\t\n', undefined, null]) {
        const missing = (index: number) => new RegExp(String.raw`^${where}\[${index}\] is missing or empty$`);
        expect(() => under.provider([empty] as never), JSON.stringify(empty)).toThrow(missing(0));
        expect(() => under.provider([one, empty] as never), JSON.stringify(empty)).toThrow(missing(1));
      }
      for (const odd of [7, {}, [one]]) {
        expect(() => under.provider([one, odd] as never)).toThrow(new RegExp(String.raw`^${where}\[1\] is `));
      }
    });

    it('IN2.2 refuses a signature that is missing or malformed, and never fails on it', async () => {
      const sent = await signed(textOf(validPayload()));
      const { headers, body } = sent;
      if (signatureHeader === null) {
        for (const garbled of ['', ' ', '.', '..', 'a.b', 'a.b.c', 'a.b.c.d', 'a.b.c.d.e', `"${body}"`, `${body}.x`]) {
          await expect(verify({ headers, body: garbled }), garbled.slice(0, 20)).rejects.toBeInstanceOf(HookcastError);
        }
        return;
      }
      await expect(verify({ headers: {}, body })).rejects.toThrow(/^The header [\w-]+ is missing\.$/);
      const good = headers[signatureHeader]!;
      const malformed: (string | string[] | undefined)[] = [
        undefined,
        '',
        ' ',
        [],
        [good],
        [good, good],
        good.slice(0, -1),
        `${good}0`,
        `sha256=${good}`,
        `sha1=${good}`,
        good.replace(/.{2}$/, 'zz'),
        good.replaceAll(/\w/g, '０'),
        good.replaceAll(/\w/g, '\0'),
        'x'.repeat(100_000),
        '=,'.repeat(10_000),
        't=,v1=',
        'v1,',
        'no-secret-provided',
      ];
      for (const value of malformed) {
        const delivery = { ...sent, headers: { ...headers, [signatureHeader]: value } };
        await expect(verify(delivery), JSON.stringify(value)?.slice(0, 40)).rejects.toEqual(
          refusal('SIGNATURE_INVALID'),
        );
      }
    });

    it('IN2.7 takes hex digits in either case: they are the same bytes', async () => {
      const sent = await signed(textOf(validPayload()));
      const { headers } = sent;
      const good = signatureHeader === null ? '' : headers[signatureHeader]!;
      const upper = good.replace(/[0-9a-f]{64}/, (digits) => digits.toUpperCase());
      if (upper === good) return;
      await expect(verify({ ...sent, headers: { ...headers, [signatureHeader!]: upper } })).resolves.toBeDefined();
    });

    it('IN2.2 refuses a delivery that was tampered with', async () => {
      if (under.leavesBodyUnsigned) return;
      const { headers, body } = await signed(textOf(validPayload()));
      const bytes = Buffer.from(body);
      for (let part = 0; part < 20; part += 1) {
        const at = Math.floor((bytes.length * part) / 21);
        const tampered = Buffer.from(bytes);
        tampered[at] = tampered[at] === 0x41 ? 0x42 : 0x41;
        const outcome = expect(verify({ headers, body: tampered }), `byte ${at}`).rejects;
        if (signatureHeader === null) await outcome.toBeInstanceOf(HookcastError);
        else await outcome.toEqual(refusal('SIGNATURE_INVALID'));
      }
      if (signatureHeader === null) return;
      for (const other of [`${body} `, ` ${body}`, `\ufeff${body}`, body.slice(0, -1), '', '{}']) {
        await expect(verify({ headers, body: other })).rejects.toEqual(refusal('SIGNATURE_INVALID'));
      }
    });

    it('IN2.6 takes no delivery that is older, or further ahead, than its provider allows', async () => {
      const { timestamped } = under;
      const old = await signed(textOf(validPayload()));
      if (!timestamped) {
        // Nothing says when it was signed: it is then the id that makes it a duplicate.
        if (signatureHeader !== null) {
          await expect(verify(old, { receivedAt: NOW + 400 * 86_400_000 })).resolves.toBeDefined();
        }
        return;
      }
      const { past, future } = timestamped;
      await expect(verify(old, { receivedAt: NOW + past * 1000 })).resolves.toBeDefined();
      await expect(verify(old, { receivedAt: NOW + (past + 1) * 1000 })).rejects.toEqual(refusal('SIGNATURE_INVALID'));
      const ahead = NOW - (future ?? 10 * 365 * 86_400) * 1000;
      await expect(verify(old, { receivedAt: ahead })).resolves.toBeDefined();
      if (future === null) return;
      await expect(verify(old, { receivedAt: ahead - 1000 })).rejects.toEqual(refusal('SIGNATURE_INVALID'));
    });
  });

  describe(`${name}: bodies`, () => {
    it('IN5.2 answers garbled bodies that are signed with a refusal, and never fails on them', async () => {
      const nested = textOf(withMember(validPayload(), 'deep', 'DEEP')).replace(
        /\\?"DEEP\\?"/,
        '['.repeat(DEEP) + ']'.repeat(DEEP),
      );
      const text = textOf(validPayload());
      for (const body of ['', '   ', '\ufeff', '{', text.slice(0, -1), text.slice(0, text.length / 2)]) {
        if (under.keepsAnyText) expect(await normalise(body)).toMatchObject({ outcome: 'unfit', type: null });
        else await expect(normalise(body), body.slice(0, 30)).rejects.toEqual(garbled);
      }
      // Where text is inside of text, it may be found later.
      const outcome = await normalise(nested).catch((error: unknown) => error);
      if (!(outcome instanceof HookcastError)) expect(outcome).toMatchObject({ outcome: 'unfit' });
      const bytes = Buffer.from(text);
      bytes[Math.floor(bytes.length / 2)] = 0xff;
      await expect(normalise(bytes)).rejects.toEqual(garbled);
      for (const body of ['null', 'true', '1', '"text"', '[]', '[{}]', 'nonsense', 'a=b&c=d', `${text}\0`, '\0']) {
        if (under.keepsAnyText || (under.sendsLists && ['[]', '[{}]'].includes(body))) {
          expect(await normalise(body), body).toMatchObject({ outcome: 'unfit', type: null });
        } else await expect(normalise(body), body.slice(-30)).rejects.toEqual(garbled);
      }
      expect(await normalise('{}')).toMatchObject({ outcome: 'unfit', type: null });
    });

    it('IN4.6 takes an event although an optional member has another JSON type', async () => {
      const decisive = new Set<string>();
      for (const valid of Object.values(under.valid)) {
        const { shape } = await eventOf(textOf(valid()));
        for (const { path, payload } of oddly(valid())) {
          const normalised = await normalise(textOf(payload)).catch(() => null);
          const isThere = normalised?.outcome === 'event' && normalised.event.shape === shape;
          if (!isThere) decisive.add(path);
        }
      }
      expect([...decisive].toSorted()).toEqual(under.decisive.toSorted());
    });

    it('IN6.8 takes the last of a member that is there twice, and a body with a byte order mark', async () => {
      const text = textOf(validPayload());
      const [whole] = [JSON.parse(text) as object].flat();
      const twice = text.replace(
        '{',
        `{${Object.keys(whole!)
          .map((key) => `${JSON.stringify(key)}:[null]`)
          .join(',')},`,
      );
      const { eventId, tenant, subject, data, occurredAt, raw } = await eventOf(text);
      for (const body of [twice, `\ufeff${text}`]) {
        // Nor is anything else kept of the first, where nobody looked for secrets and people.
        expect(await eventOf(body)).toMatchObject({ eventId, tenant, subject, data, occurredAt, raw });
      }
    });

    it('IN6.14 keeps every number exactly as it was written', async () => {
      const numbers = '[1e400,-1e400,12345678901234567890,0.12345678901234567890,1E5]';
      const text = textOf(withMember(validPayload(), 'numbers', 'NUMBERS'));
      const { raw, data, eventId } = await eventOf(text.replace(/\\*"NUMBERS\\*"/, numbers));
      expect(raw).toContain(`"numbers":${numbers}`);
      const usual = await eventOf(text);
      expect({ data, eventId }).toEqual({ data: usual.data, eventId: usual.eventId });
    });

    it('IN5.4 takes members of any name, and any text, as what they are', async () => {
      const { data, eventId } = await eventOf(textOf(validPayload()));
      for (const member of hostileMembers()) {
        const event = await eventOf(textOf({ ...validPayload() }).replace('{', `{${member},`));
        expect(event, member).toMatchObject({ data, eventId });
        expect(JSON.parse(JSON.stringify(event))).toEqual(event);
      }
      expect({}).not.toHaveProperty('polluted');
    });

    it('IN4.5 says the same of a payload that was kept without its secrets, when it is read again', async () => {
      for (const payload of Object.values(under.valid)) {
        const verified = await verify(await signed(textOf(payload())));
        const again = { ...verified, digest: verified.digest, payload: parseJson(verified.text) as Payload };
        const [first, second] = [verified, again].map((each) =>
          (provider.parts?.(each) ?? [each]).map((part) => provider.normalise(part, PLACE)),
        );
        expect(second).toEqual(first);
        expect(first![0]).toMatchObject({ outcome: 'event' });
      }
    });
  });

  describe(`${name}: events`, () => {
    it('IN6.3 gives each of its events a type, an id, an account and a time', async () => {
      for (const [type, payload] of Object.entries(under.valid)) {
        const event = await eventOf(textOf(payload()));
        expect(event).toMatchObject({ provider: provider.name, source: 'it', type, receivedAt: NOW });
        expect(event.shape === 'OtherEvent').toBe(under.hasNoTypes === true);
        expect(event.tenant).toMatch(new RegExp(`^${provider.name}:.+`));
        expect(event.eventId).not.toBe('');
        expect(event.occurredAt.at).toBeGreaterThan(0);
        expect(await eventOf(textOf(payload()))).toEqual(event);
      }
    });

    it('PRIV2.3 removes secrets wherever they are in a payload, and keeps all the rest', async () => {
      for (const payload of Object.values(under.valid)) {
        const event = await eventOf(textOf(withSecrets(payload(), 'sesame-0001') as Payload));
        expect(JSON.stringify(event)).not.toContain('sesame-0001');
        expect(event.personal).toEqual((await eventOf(textOf(payload()))).personal);
      }
    });

    it('PRIV2.2 puts nothing that identifies anybody into what everybody sees', async () => {
      for (const [type, payload] of Object.entries(under.valid)) {
        const event = await eventOf(textOf(payload()));
        expect(personalIn(under, open(event)), type).toEqual([]);
      }
      // Otherwise the suite would look for an event that is not there.
      const all = Object.values(under.valid).map((payload) => JSON.stringify(payload()));
      for (const personal of under.personal) expect(all.join(''), personal).toContain(personal);
    });

    it('IN4.2 records an event that it doesn’t know as it is', async () => {
      const event = await eventOf(textOf(under.unknown()));
      expect(event).toMatchObject({ shape: 'OtherEvent', kind: null, data: {} });
      expect(event.raw).not.toBeNull();
    });

    it('IN4.1 says where a known event does not fit, and never what stood there', async () => {
      const normalised = await normalise(textOf(under.unfit.payload()));
      if (normalised.outcome !== 'unfit') throw new Error(normalised.outcome);
      expect(normalised.issues.map(({ path }) => path)).toContain(under.unfit.path);
      expect(personalIn(under, JSON.stringify(normalised))).toEqual([]);
    });

    it('IN5.4 makes an event of any payload, or says what does not fit', async () => {
      for (const payload of Object.values(under.valid)) {
        await fc.assert(
          fc.asyncProperty(mutated(payload), async (changed) => {
            const normalised = await normalise(textOf(changed));
            if (normalised.outcome === 'unfit') {
              expect(normalised.issues.length).toBeGreaterThan(0);
              expect(personalIn(under, JSON.stringify(normalised.issues))).toEqual([]);
              return;
            }
            if (normalised.outcome !== 'event') throw new Error(normalised.outcome);
            const { event } = normalised;
            expect(personalIn(under, open(event))).toEqual([]);
            expect(Number.isSafeInteger(event.occurredAt.at)).toBe(true);
            expect(event.eventId).toEqual(expect.stringMatching(/./));
            expect(event.eventId.length).toBeLessThanOrEqual(300);
            // Nothing in it that JSON would lose, since a log writes it as that.
            expect(JSON.parse(JSON.stringify(event))).toEqual(event);
          }),
          { numRuns: thoroughly(60, 15) },
        );
      }
    });

    it('IN6.3 loses neither id nor time nor anything else to members that it doesn’t know', async () => {
      for (const payload of Object.values(under.valid)) {
        const { type, eventId, tenant, subject, occurredAt, data } = await eventOf(textOf(payload()));
        await fc.assert(
          fc.asyncProperty(mutated(payload, ['extra']), async (more) => {
            expect(await eventOf(textOf(more))).toMatchObject({ type, eventId, tenant, subject, occurredAt, data });
          }),
          { numRuns: thoroughly(25, 6) },
        );
      }
    });
  });

  describe(`${name}: over HTTP`, () => {
    const post = async (
      url: string,
      { headers, body, query }: { headers: Record<string, string>; body: string | Buffer; query?: string },
    ) => receipt(await fetch(withQuery(url, query), { method: 'POST', headers, body: body as string }));
    const fresh = async (content: string | Buffer) => sign(Buffer.from(content as string), one, new Date());

    /** One for the three tests: the first leaves nothing in its log. Whatever a test that failed has left, nobody has to go on with. */
    let served: Served | null = null;
    const end = async () => {
      await served?.end();
      served = null;
    };
    const serve = async () => {
      onTestFailed(end);
      return (served ??= await serveProvider(provider));
    };
    afterAll(end);

    it('IN2.1 keeps nothing of forged, truncated, huge or garbled deliveries', async () => {
      const { url, log } = await serve();
      const good = await fresh(textOf(validPayload()));
      const { headers, body } = good;
      const forged = await sign(Buffer.from(textOf(validPayload())), three, new Date());
      expect(await post(url, forged)).toMatchObject({ status: 401, body: { code: 'SIGNATURE_INVALID' } });
      const unsigned = Object.fromEntries(Object.entries(headers).filter(([header]) => header !== signatureHeader));
      if (signatureHeader !== null) expect(await post(url, { headers: unsigned, body })).toMatchObject({ status: 401 });
      const most = Math.max(MAX_BODY_BYTES, provider.largestBody ?? 0);
      const huge = await fresh(textOf(withMember(validPayload(), 'more', 'x'.repeat(most))));
      const refusal = under.dropsTooLarge
        ? { status: 200, body: { status: 'ignored', id: null } }
        : { status: 413, body: { code: 'BODY_TOO_LARGE' } };
      expect(await post(url, huge)).toMatchObject(refusal);
      if (!under.keepsAnyText) expect([400, 401]).toContain((await post(url, await fresh('{"a":'))).status);
      await breakOff(url, headers, body.slice(0, body.length / 2), body.length);
      expect(await log.quarantine.list({ limit: 10 })).toEqual([]);
      expect(await log.read({ direction: 'forward', limit: 10, filter: {} })).toMatchObject({ events: [] });
    });

    it('IN3.1 records what comes several times at once as one event, and what it doesn’t know as well', async () => {
      const { url, log } = await serve();
      const delivery = await fresh(textOf(validPayload()));
      const answers = await Promise.all(Array.from({ length: 8 }, () => post(url, delivery)));
      expect(answers.map(({ status, body }) => `${status} ${body['status']}`).toSorted()).toEqual([
        '200 accepted',
        ...Array.from({ length: 7 }, () => '200 duplicate'),
      ]);
      // Tried again later, it is signed anew.
      expect(await post(url, await fresh(textOf(validPayload())))).toMatchObject({ body: { status: 'duplicate' } });
      expect(await post(url, await fresh(textOf(under.unknown())))).toMatchObject({
        status: 200,
        body: { status: 'accepted' },
      });
      const { events } = await log.read({ direction: 'forward', limit: 10, filter: {} });
      expect(events.map(({ shape }) => shape === 'OtherEvent')).toEqual([under.hasNoTypes === true, true]);
      expect(events[0]).toMatchObject({ type, source: 'it' });
    });

    it('IN4.1 keeps a known event that does not fit in quarantine, once', async () => {
      const { url, log } = await serve();
      for (let time = 0; time < 2; time += 1) {
        const answer = await post(url, await fresh(textOf(under.unfit.payload())));
        expect(answer).toMatchObject({
          status: 200,
          body: { status: 'quarantined', id: under.sendsLists ? null : '1' },
        });
      }
      const [kept] = await log.quarantine.list({ limit: 10 });
      expect(kept?.issues.map(({ path }) => path)).toContain(under.unfit.path);
      expect(personalIn(under, JSON.stringify(kept?.issues))).toEqual([]);
    });
  });
}

function withQuery(place: string, query: string | undefined): string {
  return query === undefined ? place : `${place}?${query}`;
}

/** Says how long its body is, and hangs up before the end of it. */
async function breakOff(url: string, headers: Record<string, string>, body: string, length: number): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const lines = Object.entries({ ...headers, host: 'x', 'content-length': String(length) });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  await new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.on('error', () => resolve());
    socket.write(`POST / HTTP/1.1\r\n${head}\r\n${body}`, () => socket.end());
    socket.resume();
  });
}

/** The part of an event that every reader sees. */
function open({ type, eventId, tenant, subject, occurredAt, version, data }: NewEvent): string {
  return JSON.stringify({ type, eventId, tenant, subject, occurredAt, version, data });
}

function personalIn({ personal }: ProviderUnderTest, text: string): string[] {
  return personal.filter((value) => text.includes(value));
}
