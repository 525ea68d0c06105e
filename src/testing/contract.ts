import assert from 'node:assert/strict';
import { isFailure } from '../providers/failed.ts';
import { answerTo, answerToSigned, verify } from '../providers/ask.ts';
import { type JsonObject, parseJson } from '../providers/payload.ts';
import type { Provider } from '../providers/provider.ts';
import { generated } from './generated.ts';
import { oddly, replaced } from './odd.ts';
import { AT, eventOf, eventsOf, memberOf, outcomeOf, partsOf, refused, withPayload, withoutRaw } from './outcomes.ts';
import {
  FRESH,
  PATH,
  type Question,
  type Sent,
  askedSigned,
  askedUnsigned,
  makes,
  outcomesOf,
  signedBy,
} from './sent.ts';

export type { Question };

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
  /** The questions by which the sender checks the address. */
  readonly questions?: readonly Question[];
}

/** One promise of a provider: a title, and a function that throws if the provider breaks the promise. */
export interface Check {
  readonly title: string;
  readonly run: () => Promise<void>;
}

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
    check('cannot be made without a secret, since anybody could sign deliveries', async () => {
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
    check('refuses a delivery that is too old, or too far in the future', async () => {
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
    check('makes the event although an optional member has another JSON type', async () => {
      const decisive = new Set<string>();
      for (const sample of samples) {
        const payload = sample.payload({ id: 'contract', at: new Date(AT) });
        const shapes = eventsOf(provider, await verify(provider, await signedBy(provider, sample))).map(
          ({ shape }) => shape,
        );
        for (const { path, payload: odd } of oddly(payload)) {
          if (!(await makes(provider, shapes, sample, odd))) decisive.add(path);
        }
      }
      assert.deepEqual(
        [...decisive].toSorted(),
        [...required].toSorted(),
        'the required members differ from those in `required`',
      );
    }),
    check('gives an event the same id if it is sent again or signed anew, and another event another id', async () => {
      for (const sample of samples) {
        const idsOf = async (sent: Sent) =>
          eventsOf(provider, await verify(provider, sent)).map(({ tenant, eventId }) => `${tenant} ${eventId}`);
        const sent = await signedBy(provider, sample);
        const all = await Promise.all(Array.from({ length: AT_ONCE }, () => idsOf(sent)));
        const [first] = all;
        for (const ids of all) assert.deepEqual(ids, first);
        assert.equal(new Set(first).size, first!.length, `${sample.event}: events of one delivery have the same id`);
        const later = { ...FRESH, at: new Date(AT + 1_000) };
        const anew = await signedBy(provider, sample, { payload: sample.payload(FRESH), fresh: later });
        assert.deepEqual(await idsOf(anew), first, `${sample.event} is another event when it is signed anew`);
        const other = await signedBy(provider, sample, { fresh: { id: 'another', at: later.at } });
        for (const id of await idsOf(other)) {
          assert.ok(!first!.includes(id), `${sample.event}: another event has the same id, so it would be lost`);
        }
      }
    }),
    check('makes an event of every payload that fits its schemas', async () => {
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
        const outcomes = await outcomesOf(provider, sample!, odd);
        assert.ok(
          outcomes.every((outcome) => outcome !== 'failed'),
          `failed on ${Object.keys(odd).join(', ')}`,
        );
      }
      assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    }),
    check("answers its sender's questions, and refuses unsigned ones if the sender signs them", async () => {
      for (const { answer, ...question } of questions) {
        const { payload } = question;
        const said = payload ? await askedSigned(provider, payload) : await askedUnsigned(provider, question);
        assert.notEqual(said, null, `it is not a question: ${JSON.stringify(question)}`);
        const isJson = typeof answer === 'object' && answer !== null;
        assert.deepEqual(isJson ? JSON.parse(said!.body ?? '') : said!.body, answer);
        if (payload) await refused(provider, await signedBy(make([three]), undefined, { payload }));
      }
    }),
    check('takes no sample to be a challenge', async () => {
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
}
