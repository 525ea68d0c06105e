import assert from 'node:assert/strict';
import type { NewEvent } from '../events/event.ts';
import { isFailure } from '../providers/failed.ts';
import { VerifierError, answerTo, answerToSigned, normalise, partsIn, verify } from '../providers/ask.ts';
import type { ChallengeResponse } from '../providers/challenge.ts';
import { Namer } from '../providers/namer.ts';
import { type JsonObject, isObject, parseJson, sha256Hex } from '../providers/payload.ts';
import type { Arrived, Normalised, Provider, Verified } from '../providers/provider.ts';
import type { Fresh, Sample } from '../providers/sample.ts';
import { generated } from './generated.ts';
import { oddly, replaced } from './odd.ts';

/** The provider to check, and what the contract has to know of it. */
export interface UnderTest {
  /** Makes the provider with these secrets, the newest first. */
  readonly provider: (secrets: readonly [string, ...string[]]) => Provider;
  /** Three different secrets, in the form in which the sender's page shows them. */
  readonly secrets: readonly [string, string, string];
  /** How old and how far ahead a delivery may be, in seconds. Leave it out if the sender signs no time. */
  readonly timestamp?: { readonly past: number; readonly future: number | null };
  /** Members that decide whether there is an event, and which one, by their paths in a sample: `data.seat`. */
  readonly required?: readonly string[];
  /** Whether the body is signed. Default: true. */
  readonly signsBody?: boolean;
  /** The questions by which its sender checks the address. */
  readonly questions?: readonly Question[];
}

/** A question of a sender, and the answer that it expects. */
export interface Question {
  /** The payload of a signed question. */
  readonly payload?: JsonObject;
  /** The request of an unsigned question. Default: POST. */
  readonly method?: 'GET' | 'OPTIONS' | 'POST';
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The text of the answer, or the object that it contains as JSON. Null if the answer has no body. */
  readonly answer: string | JsonObject | null;
}

/** One promise of a provider: a title, and a function that throws if the provider breaks the promise. */
export interface Check {
  readonly title: string;
  readonly run: () => Promise<void>;
}

const AT = Date.parse('2026-06-01T12:00:00.000Z');
const FRESH: Fresh = { id: 'contract', at: new Date(AT) };
const PUBLIC_URL = 'https://hooks.example.com';
const PATH = '/webhooks/it';
/** How many payloads are made of each schema. */
const GENERATED = 40;
/** How many deliveries of one event come at once. */
const AT_ONCE = 8;
/** Deeper than any payload may be, but not too deep for code that writes it as JSON. */
const DEEP = 200;

/**
 * The promises of every provider, as checks for any test runner. They use the provider's samples, signed as its sender signs them:
 *
 * ```ts
 * for (const { title, run } of providerContract({ provider: (secrets) => theatre({ secrets }), secrets })) it(title, run);
 * ```
 */
export function providerContract({
  provider: make,
  secrets: [one, two, three],
  timestamp,
  required = [],
  signsBody = true,
  questions = [],
}: UnderTest): readonly Check[] {
  const provider = make([one, two]);
  const { name, samples } = provider;

  const checks: Check[] = [
    check('has samples, and signs them', async () => {
      assert.ok(samples.length > 0, 'without samples, nothing can be sent or checked');
      assert.ok(provider.sign, 'if the verifier cannot sign, nothing can be sent or checked');
    }),
    check('cannot be made without a secret, since anybody could sign then', async () => {
      for (const none of [[], [''], [' '], [undefined]]) assert.throws(() => make(none as never), JSON.stringify(none));
    }),
    check('takes deliveries signed with any of its secrets, and refuses those signed with a removed one', async () => {
      for (const secret of [one, two]) await verify(provider, await signedBy(make([secret])));
      await refused(make([two]), await signedBy(provider));
      await refused(provider, await signedBy(make([three])));
    }),
    check('refuses a delivery without its signature, or with a malformed one', async () => {
      const sent = await signedBy(provider);
      const bare = { ...sent, headers: {}, target: PATH };
      if (sent.signs.length > 0 || sent.target !== PATH) await refused(provider, bare);
      for (const header of sent.signs) {
        const value = String(sent.headers[header]);
        for (const odd of [
          undefined,
          '',
          ' ',
          [value, value],
          value.slice(0, -2),
          'x'.repeat(10_000),
          '=,'.repeat(5_000),
        ]) {
          await refused(provider, { ...sent, headers: { ...sent.headers, [header]: odd } });
        }
      }
    }),
    check('refuses a body that was changed', async () => {
      if (!signsBody) return;
      const sent = await signedBy(provider);
      for (let part = 0; part < 20; part += 1) {
        const body = Buffer.from(sent.body);
        const at = Math.floor((body.length * part) / 21);
        body[at] = body[at] === 0x41 ? 0x42 : 0x41;
        await refused(provider, { ...sent, body });
      }
      for (const body of [`${String(sent.body)} `, '', '{}']) {
        await refused(provider, { ...sent, body: Buffer.from(body) });
      }
    }),
    check('refuses a delivery that is older, or further ahead, than it may be', async () => {
      const sent = await signedBy(provider);
      if (!timestamp) return;
      const { past, future } = timestamp;
      await verify(provider, { ...sent, receivedAt: AT + past * 1000 });
      await refused(provider, { ...sent, receivedAt: AT + (past + 1) * 1000 });
      if (future === null) return;
      await verify(provider, { ...sent, receivedAt: AT - future * 1000 });
      await refused(provider, { ...sent, receivedAt: AT - (future + 1) * 1000 });
    }),
    check('makes the event of each sample, the same each time, and the same from the kept payload', async () => {
      for (const sample of samples) {
        const verified = await verify(provider, await signedBy(provider, sample));
        const events = eventsOf(provider, verified);
        assert.ok(
          events.some(({ type }) => type === sample.event),
          `the event of the sample ${sample.event} has another type`,
        );
        assert.deepEqual(eventsOf(provider, verified), events);
        const kept = partsOf(provider, verified).map(({ text, digest, id }) => {
          return { payload: parseJson(text) as JsonObject, text, digest, ...(id !== undefined && { id }) };
        });
        assert.deepEqual(kept.map((part) => eventOf(provider, part)).map(withoutRaw), events.map(withoutRaw));
      }
    }),
    check('makes the event although a member that it can do without has another JSON type', async () => {
      const decisive = new Set<string>();
      for (const sample of samples) {
        const payload = sample.payload({ id: 'contract', at: new Date(AT) });
        const shapes = eventsOf(provider, await verify(provider, await signedBy(provider, sample))).map(
          ({ shape }) => shape,
        );
        for (const { path, payload: odd } of oddly(payload)) {
          if (!(await makes(shapes, sample, odd))) decisive.add(path);
        }
      }
      assert.deepEqual(
        [...decisive].toSorted(),
        [...required].toSorted(),
        'the members that decide are not those that `required` names',
      );
    }),
    check('gives an event the same id when it is sent again or signed anew, and another event another id', async () => {
      for (const sample of samples) {
        const idsOf = async (sent: Sent) =>
          eventsOf(provider, await verify(provider, sent)).map(({ tenant, eventId }) => `${tenant} ${eventId}`);
        const sent = await signedBy(provider, sample);
        const all = await Promise.all(Array.from({ length: AT_ONCE }, () => idsOf(sent)));
        const [first] = all;
        for (const ids of all) assert.deepEqual(ids, first);
        assert.equal(new Set(first).size, first!.length, `${sample.event}: events of one delivery have one id`);
        const later = { ...FRESH, at: new Date(AT + 1_000) };
        const anew = await signedBy(provider, sample, { payload: sample.payload(FRESH), fresh: later });
        assert.deepEqual(await idsOf(anew), first, `${sample.event} is another event when it is signed anew`);
        const other = await signedBy(provider, sample, { fresh: { id: 'another', at: later.at } });
        for (const id of await idsOf(other)) {
          assert.ok(!first!.includes(id), `${sample.event}: another event has the same id, so it would be lost`);
        }
      }
    }),
    check('makes an event of everything that its schemas take', async () => {
      for (const sample of samples) {
        const verified = await verify(provider, await signedBy(provider, sample));
        for (const part of partsOf(provider, verified)) {
          const { type } = eventOf(provider, part);
          const known = provider.schemaOf?.(type);
          const body = known && known.at.reduce<unknown>(memberOf, part.payload);
          // If `about` has made the body of something else, its place in the payload is not known.
          if (!known || !known.schema.safeParse(body).success) continue;
          for (const one of generated(known.schema, body, GENERATED)) {
            const payload = replaced(part.payload, known.at, one) as JsonObject;
            const outcome = outcomeOf(provider, withPayload(part, payload));
            // A payload of another type, or of none, is not judged by this schema.
            if (outcome.outcome !== 'unfit' || (outcome.type !== type && !outcome.issues.some(isFailure))) continue;
            assert.fail(`${type}: ${JSON.stringify({ issues: outcome.issues, payload }).slice(0, 2_000)}`);
          }
        }
      }
    }),
    check('refuses or quarantines odd payloads, and never fails on them', async () => {
      const [sample] = samples;
      const payload = sample!.payload({ id: 'contract', at: new Date(AT) });
      const deep = JSON.parse('['.repeat(DEEP) + ']'.repeat(DEEP)) as unknown;
      for (const odd of [{}, { ...payload, deep }, JSON.parse('{"__proto__":{"polluted":true}}') as JsonObject]) {
        const outcomes = await outcomesOf(sample!, odd);
        assert.ok(
          outcomes.every((outcome) => outcome !== 'failed'),
          `failed on ${Object.keys(odd).join(', ')}`,
        );
      }
      assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    }),
    check("answers its sender's questions, and those that must be signed only if they are", async () => {
      for (const { answer, ...question } of questions) {
        const { payload } = question;
        const said = payload ? await askedSigned(payload) : await askedUnsigned(question);
        assert.notEqual(said, null, `it is no question: ${JSON.stringify(question)}`);
        const isJson = typeof answer === 'object' && answer !== null;
        assert.deepEqual(isJson ? JSON.parse(said!.body ?? '') : said!.body, answer);
        if (payload) await refused(provider, await signedBy(make([three]), undefined, { payload }));
      }
    }),
    check('takes no sample for a challenge', async () => {
      for (const sample of samples) {
        const sent = await signedBy(provider, sample);
        assert.equal(await answerTo(provider, sent), null);
        assert.equal(answerToSigned(provider, await verify(provider, sent), sent), null);
      }
    }),
  ];
  return checks;

  function check(what: string, run: () => Promise<void>): Check {
    return { title: `${name} ${what}`, run };
  }

  /** A sample as its sender sends it, and the names of the headers that contain its signature. */
  async function signedBy(
    by: Provider,
    sample: Sample = samples[0]!,
    { payload, fresh = FRESH }: { readonly payload?: JsonObject; readonly fresh?: Fresh } = {},
  ): Promise<Sent> {
    const query = sample.query?.(fresh) ?? '';
    const headers = sample.headers?.(fresh) ?? {};
    const to = { url: `${PUBLIC_URL}${PATH}${query && `?${query}`}`, headers };
    const signed = await by.sign!({ ...(payload ?? sample.payload(fresh)) }, fresh.at, to);
    const asked = [query, signed.query ?? ''].filter((part) => part !== '').join('&');
    const all = { ...headers, ...signed.headers };
    return {
      headers: all,
      body: Buffer.from(signed.body),
      receivedAt: AT,
      publicUrl: PUBLIC_URL,
      target: `${PATH}${signed.path ?? ''}${asked && `?${asked}`}`,
      signs: Object.keys(all).filter((header) => header !== 'content-type' && !Object.hasOwn(headers, header)),
    };
  }

  async function askedSigned(payload: JsonObject): Promise<ChallengeResponse | null> {
    const sent = await signedBy(provider, undefined, { payload });
    return answerToSigned(provider, await verify(provider, sent), sent);
  }

  function askedUnsigned({ method = 'POST', query = '', headers = {}, body = '' }: Omit<Question, 'answer'>) {
    const target = `${PATH}${query && `?${query}`}`;
    return answerTo(provider, {
      method,
      headers,
      target,
      body: Buffer.from(body),
      receivedAt: AT,
      publicUrl: PUBLIC_URL,
    });
  }

  async function makes(shapes: readonly string[], sample: Sample, odd: JsonObject): Promise<boolean> {
    try {
      const verified = await verify(provider, await signedBy(provider, sample, { payload: odd }));
      const made = eventsOf(provider, verified).map(({ shape }) => shape);
      return made.length === shapes.length && made.every((shape, index) => shape === shapes[index]);
    } catch {
      return false;
    }
  }

  async function outcomesOf(sample: Sample, odd: JsonObject): Promise<readonly string[]> {
    let verified: Verified;
    try {
      verified = await verify(provider, await signedBy(provider, sample, { payload: odd }));
    } catch (error) {
      return [error instanceof VerifierError ? 'failed' : 'refused'];
    }
    const parts = partsIn(provider, verified) ?? [verified];
    return Array.isArray(parts) ? parts.map((part: Verified) => outcomeOf(provider, part).outcome) : ['unfit'];
  }
}

/** The part with another payload. */
function withPayload(part: Verified, payload: JsonObject): Verified {
  const text = JSON.stringify(payload);
  return { payload, text, digest: sha256Hex(text), ...(part.id !== undefined && { id: part.id }) };
}

function memberOf(holder: unknown, name: string): unknown {
  return isObject(holder) ? holder[name] : undefined;
}

interface Sent extends Arrived {
  readonly signs: readonly string[];
  readonly target: string;
}

async function refused(provider: Provider, arrived: Arrived): Promise<void> {
  await assert.rejects(
    async () => verify(provider, arrived),
    (error: unknown) => {
      // If a verifier fails, the delivery is refused, too, but the log gets an error that nobody wants.
      assert.ok(!(error instanceof VerifierError), `the verifier failed: ${String((error as VerifierError).cause)}`);
      return true;
    },
  );
}

function partsOf(provider: Provider, verified: Verified): readonly Verified[] {
  const parts = partsIn(provider, verified) ?? [verified];
  assert.ok(Array.isArray(parts), `each failed: ${'message' in parts ? parts.message : ''}`);
  return parts as readonly Verified[];
}

function eventsOf(provider: Provider, verified: Verified): readonly NewEvent[] {
  return partsOf(provider, verified).map((part) => eventOf(provider, part));
}

function eventOf(provider: Provider, part: Verified): NewEvent {
  const normalised = outcomeOf(provider, part);
  if (normalised.outcome === 'event') return normalised.event;
  throw new assert.AssertionError({ message: `it is ${JSON.stringify(normalised)}` });
}

function outcomeOf(provider: Provider, part: Verified): Normalised {
  const namer = new Namer({ secret: '', hasFormer: false });
  return normalise(provider, part, { source: 'it', receivedAt: AT, namer });
}

function withoutRaw({ raw: _raw, ...event }: NewEvent): Omit<NewEvent, 'raw'> {
  return event;
}
