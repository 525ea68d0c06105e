import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { expect, it } from 'vitest';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { bookingCanceled } from '../fixtures/wix.ts';
import { verify as verifyCommand } from '../../src/commands/verify.ts';
import { TestTerminal } from '../support/terminal.ts';
import { environment, signedAsEduzz, temporaryFolder, wixKeys } from '../support/gateway.ts';

/** Keeps a request in a file and has it verified: what was printed, and how it failed. */
async function verify(source: string, request: string, options: { at?: string; personal?: boolean } = {}) {
  const folder = temporaryFolder();
  const file = join(folder, 'capture.txt');
  writeFileSync(file, request);
  const terminal = new TestTerminal(environment(folder));
  let failure = '';
  try {
    await verifyCommand(source, file, { personal: false, ...options }, terminal);
  } catch (error) {
    failure = (error as Error).message;
  }
  return { failure, printed: terminal.lines.join('\n') };
}

function request(
  { headers, body }: { headers: Readonly<Record<string, string>>; body: string },
  line = '\r\n',
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return ['POST /webhooks/eduzz HTTP/1.1', ...lines, '', body].join(line);
}

const token = (claims: Record<string, unknown>, issued: number) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuedAt(issued)
    .setExpirationTime(issued + 300_000)
    .sign(wixKeys.privateKey);

it('OPS3.8 verify shows step by step what would become of a delivery, and whom it is about only when asked', async () => {
  const delivery = signedAsEduzz(JSON.stringify(attendanceCanceled({ id: 'captured-1' })));
  for (const line of ['\r\n', '\n']) {
    const { failure, printed } = await verify('eduzz', request(delivery, line));
    expect(failure).toBe('');
    expect(printed).toMatch(/signature +ok\nschema +fits blinket.attendance_canceled\nevent +TicketCancellation\n/);
    expect(printed).toContain('"eventId": "captured-1"');
    expect(printed).not.toMatch(/iara|fict/i);
  }
  const { printed } = await verify('eduzz', request(delivery), { personal: true });
  expect(printed).toContain('iara@ficticia.example');
});

it('OPS3.8 verify knows an unsigned question, and neither keeps nor shows its secret', async () => {
  const folder = temporaryFolder();
  const kit = new URL('../../src/provider-kit.ts', import.meta.url).href;
  writeFileSync(
    join(folder, 'hookcast.config.ts'),
    `import { awaitingSecret, broughtSecret, defineProvider, headerEcho, hmac, shownToken } from '${kit}';
     const show = () => { throw new Error('shown'); };
     const asks = defineProvider({ name: 'notion', verify: awaitingSecret(), about: () => ({ type: 'x' }), events: {},
       challenge: [shownToken({ member: 'verification_token', show })] });
     const verifyToken = { param: 'token', tokens: ['a-token-in-the-address-of-the-suite'] };
     const brings = defineProvider({ name: 'asana', about: () => ({ type: 'x' }), events: {},
       verify: broughtSecret((secrets) => hmac({ secrets, header: 'x-hook-signature', encoding: 'hex' })),
       challenge: [headerEcho({ header: 'x-hook-secret', verifyToken })] });
     export default { sources: { notion: asks, asana: brings } };`,
  );
  const file = join(folder, 'capture.txt');
  const said = async (body: string, source = 'notion') => {
    writeFileSync(file, request({ headers: {}, body }));
    const terminal = new TestTerminal({ ...environment(folder), CONFIG_FILE: join(folder, 'hookcast.config.ts') });
    const failure = await verifyCommand(source, file, { personal: false }, terminal).catch((error: Error) => error);
    return [terminal.lines.join('\n'), failure instanceof Error ? failure.message : ''];
  };
  const [printed, failure] = await said('{"verification_token":"a token of the suite"}');
  expect(failure).toBe('');
  expect(printed).toMatch(/signature +not needed\nevent +none: a question/);
  expect((await said('{"verification_token":"x","more":1}'))[1]).toContain('would be answered 401');
  expect((await said('{}', 'asana'))[1]).toContain('only a gateway can check them');
});

it('OPS3.8 verify tells a forged delivery from one that an editor has changed', async () => {
  const delivery = signedAsEduzz(JSON.stringify(attendanceCanceled()));
  const edited = await verify('eduzz', `${request(delivery)}\n`);
  expect(edited.printed).toMatch(/signature +failed: x-signature/);
  expect(edited.failure).toContain('authentic without the line break at its end');
  const forged = await verify('eduzz', request({ ...delivery, body: '{}' }));
  expect(forged.failure).toContain('would be answered 401');
});

it('OPS3.8 verify says where an authentic delivery does not fit', async () => {
  const unfit = attendanceCanceled({ occasion: { id: null } });
  const { failure, printed } = await verify('eduzz', request(signedAsEduzz(JSON.stringify(unfit))));
  expect(printed).toMatch(/signature +ok\nschema +does not fit blinket.attendance_canceled:\n +data.event.id: /);
  expect(failure).toContain('would wait in quarantine');
});

it('OPS3.8 verify takes a body alone, shows its claims, and checks an old one as of its time', async () => {
  const now = Math.floor(Date.now() / 1000);
  const claims = { data: JSON.stringify(bookingCanceled()) };
  const fresh = await verify('wix', await token(claims, now));
  expect(fresh.failure).toBe('');
  expect(fresh.printed).toMatch(
    /signature +ok\nclaims +ok: issued 20.*, expires 20.*\nschema +fits [^]*BookingCancellation/,
  );

  const old = await token(claims, now - 400_000);
  const expired = await verify('wix', old);
  expect(expired.printed).toMatch(/signature +ok\ntime +failed: .*expired/);
  const [, then = ''] = /It was valid at (\S+):/.exec(expired.failure) ?? [];
  expect(await verify('wix', old, { at: then })).toMatchObject({ failure: '' });
});

it('OPS3.8 verify says what it can’t find', async () => {
  const terminal = new TestTerminal(environment(temporaryFolder()));
  const look = (source: string, file: string) => verifyCommand(source, file, { personal: false }, terminal);
  await expect(look('nobody', 'x')).rejects.toThrow('There is no source "nobody". There are: eduzz');
  await expect(look('eduzz', '/no/such/file')).rejects.toThrow('There is no file /no/such/file');
});

it('OPS3.8 verify shows what a verifier of one’s own threw, and where', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'hookcast.config.mjs');
  const gym = `{ name: 'gym', samples: [], sign: null, normalise: () => ({ outcome: 'pong' }), expectedFields: () => null,
  verify: ({ headers }) => headers['x-gym'].trim(),
}`;
  writeFileSync(file, `export default { sources: { gym: ${gym} } };\n`);
  writeFileSync(join(folder, 'capture'), '{}');
  const terminal = new TestTerminal({ CONFIG_FILE: file });
  const verifying = verifyCommand('gym', join(folder, 'capture'), { personal: false }, terminal);
  await expect(verifying).rejects.toThrow('The delivery would be answered 401. Fix the verifier');
  expect(terminal.lines[1]).toBe('signature  failed: the verifier threw');
  expect(terminal.lines[2]).toMatch(/^ {13}TypeError: Cannot read properties of undefined \(reading 'trim'\)$/);
  expect(terminal.lines[3]).toMatch(/^ {17}at .*hookcast\.config\.mjs:2:/);
});
