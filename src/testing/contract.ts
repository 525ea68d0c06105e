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

/** A provider of one's own, as far as the contract has to know it. */
export interface UnderTest {
  /** Makes it with these secrets, the newest first. */
  readonly provider: (secrets: readonly [string, ...string[]]) => Provider;
  /** Three that differ, each of the form that the sender's page shows. */
  readonly secrets: readonly [string, string, string];
  /** How old and how far ahead a delivery may be, in seconds; left out where no time is signed. */
  readonly timestamp?: { readonly past: number; readonly future: number | null };
  /** Members without which an event is none or another one, by their paths in a sample: `data.seat`. */
  readonly required?: readonly string[];
  /** Whether the body is signed. Left out, it is. */
  readonly signsBody?: boolean;
  /** What its sender asks to make sure of the address. */
  readonly questions?: readonly Question[];
}

/** One thing that a provider promises: a title and a function that throws where it is not so. */
export interface Check {
  readonly title: string;
  readonly run: () => Promise<void>;
}

/** Payloads that are made of each schema. */
const GENERATED = 40;
/** Deliveries of one event at once. */
const AT_ONCE = 8;
/** Deeper than any payload may be, and shallow enough for code that writes it. */
const DEEP = 200;

/**
 * What every provider promises, as checks of its samples, signed as its sender signs them. For any test runner:
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
      assert.ok(samples.length > 0, 'a provider without samples can be neither sent nor checked');
      assert.ok(provider.sign, 'a verifier that does not sign can be neither sent nor checked');
    }),
    check('is not made without a secret, which anybody could sign with', async () => {
      for (const none of [[], [''], [' '], [undefined]]) assert.throws(() => make(none as never), JSON.stringify(none));
    }),
    check('takes what is signed with any of its secrets, and refuses one that was taken away', async () => {
      for (const secret of [one, two]) await verify(provider, await signedBy(make([secret])));
      await refused(make([two]), await signedBy(provider));
      await refused(provider, await signedBy(make([three])));
    }),
    check('refuses a delivery without its signature, or with one that is none', async () => {
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
    check('takes no delivery that is older, or further ahead, than it may be', async () => {
      const sent = await signedBy(provider);
      if (!timestamp) return;
      const { past, future } = timestamp;
      await verify(provider, { ...sent, receivedAt: AT + past * 1000 });
      await refused(provider, { ...sent, receivedAt: AT + (past + 1) * 1000 });
      if (future === null) return;
      await verify(provider, { ...sent, receivedAt: AT - future * 1000 });
      await refused(provider, { ...sent, receivedAt: AT - (future + 1) * 1000 });
    }),
    check('makes of each sample its event, the same each time, and from what is kept of it as well', async () => {
      for (const sample of samples) {
        const verified = await verify(provider, await signedBy(provider, sample));
        const events = eventsOf(provider, verified);
        assert.ok(
          events.some(({ type }) => type === sample.event),
          `${sample.event} is no event of its own name`,
        );
        assert.deepEqual(eventsOf(provider, verified), events);
        const kept = partsOf(provider, verified).map(({ text, digest, id }) => {
          return { payload: parseJson(text) as JsonObject, text, digest, ...(id !== undefined && { id }) };
        });
        assert.deepEqual(kept.map((part) => eventOf(provider, part)).map(withoutRaw), events.map(withoutRaw));
      }
    }),
    check('keeps no event out for a member that it can do without, of any JSON type', async () => {
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
        'the members that decide are others than required',
      );
    }),
    check('knows an event again that comes several times at once or was signed anew, and no other for it', async () => {
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
          // Of a body that `about` has made of something else, nobody knows where it stood.
          if (!known || !known.schema.safeParse(body).success) continue;
          for (const one of generated(known.schema, body, GENERATED)) {
            const payload = replaced(part.payload, known.at, one) as JsonObject;
            const outcome = outcomeOf(provider, withPayload(part, payload));
            // Of another name, it is another event's; without one, it is nobody's.
            if (outcome.outcome !== 'unfit' || (outcome.type !== type && !outcome.issues.some(isFailure))) continue;
            assert.fail(`${type}: ${JSON.stringify({ issues: outcome.issues, payload }).slice(0, 2_000)}`);
          }
        }
      }
    }),
    check('answers what nobody sends with a refusal or quarantine, and never fails on it', async () => {
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
    check('answers what its sender asks, and what is to be signed only where it is', async () => {
      for (const { answer, ...question } of questions) {
        const { payload } = question;
        const said = payload ? await askedSigned(provider, payload) : await askedUnsigned(provider, question);
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
}
