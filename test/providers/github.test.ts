import { sign, verify } from '@octokit/webhooks-methods';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { github } from '../../src/providers/github/github.ts';
import { thoroughly } from '../support/thorough.ts';

const SECRET = 'a secret of the suite, typed in';
const provider = github({ secrets: [SECRET] });

interface Sent {
  readonly body: string;
  readonly signature: string;
}

/** Whether it takes the signature; whether it understands the body then is another question. */
function takes({ body, signature }: Sent): boolean {
  try {
    const headers = { 'x-hub-signature-256': signature };
    void provider.verify({ headers, body: Buffer.from(body), receivedAt: Date.now() });
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    expect(['SIGNATURE_INVALID', 'MALFORMED_DELIVERY']).toContain(code);
    return code === 'MALFORMED_DELIVERY';
  }
}

const libraryTakes = async ({ body, signature }: Sent) => verify(SECRET, body, signature).catch(() => false);

/** One letter another, one more, one less; or as it was. */
const edited = (text: string) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(text) },
    fc
      .tuple(fc.nat(text.length), fc.constantFrom('', ...'0123456789abcdef=sha{"}é'.split('')), fc.nat(2))
      .map(([at, letter, cut]) => text.slice(0, at) + letter + text.slice(at + cut)),
  );

it('IN2.2 takes and refuses of many deliveries of GitHub what its own library does', async () => {
  let taken = 0;
  const bodies = fc.record({ action: fc.string(), note: fc.string({ unit: 'grapheme' }) });
  await fc.assert(
    fc.asyncProperty(
      bodies.map((value) => JSON.stringify(value)).chain((body) => fc.tuple(fc.constant(body), edited(body))),
      fc.constantFrom(SECRET, SECRET, 'another secret of the suite'),
      fc.gen(),
      async ([body, changed], secret, gen) => {
        const signature = gen(edited, await sign(secret, body));
        const sent = { body: changed, signature };
        const isTaken = takes(sent);
        if (isTaken) taken += 1;
        expect(isTaken).toBe(await libraryTakes(sent));
      },
    ),
    { numRuns: thoroughly(1_000, 150) },
  );
  // Or it would only say that both refuse everything.
  expect(taken).toBeGreaterThan(thoroughly(50, 5));
});

it('IN2.7 takes hex in capitals from GitHub, the same bytes, which its library refuses', async () => {
  const body = '{"zen":"x"}';
  const signature = (await sign(SECRET, body)).replace(/[0-9a-f]{64}/, (hex) => hex.toUpperCase());
  expect([takes({ body, signature }), await libraryTakes({ body, signature })]).toEqual([true, false]);
});

const nameOf = async (event: string | undefined, payload: Record<string, unknown>) => {
  const headers = event === undefined ? {} : { 'x-github-event': event, 'x-github-delivery': 'd-1' };
  const to = { url: 'https://hooks.example.com/webhooks/github', headers };
  const signed = await provider.sign!(payload, new Date(), to);
  const all = { ...headers, ...signed.headers };
  const verified = await provider.verify({ headers: all, body: Buffer.from(signed.body), receivedAt: Date.now() });
  return provider.normalise(verified, { source: 'github', receivedAt: Date.now() });
};

it('IN6.3 names events of GitHub by a header and an action, whose they are by the body, and knows a ping', async () => {
  const repository = { owner: { login: 'choir' } };
  expect(await nameOf('issues', { action: 'opened', repository })).toMatchObject({
    event: { type: 'issues.opened', eventId: 'd-1', tenant: 'github:choir', shape: 'OtherEvent' },
  });
  expect(await nameOf('push', { ref: 'x', repository })).toMatchObject({ event: { type: 'push' } });
  expect(await nameOf('push', { organization: { login: 'org' }, repository })).toMatchObject({
    event: { tenant: 'github:org' },
  });
  expect(await nameOf('ping', { zen: 'Keep it simple.' })).toEqual({ outcome: 'pong' });
  // The header is not signed: it makes no other delivery a ping.
  expect(await nameOf('ping', { ref: 'x', repository })).toMatchObject({ outcome: 'event' });
  expect(await nameOf(undefined, { ref: 'x', repository })).toMatchObject({ outcome: 'unfit', account: 'choir' });
});
