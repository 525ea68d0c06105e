import { setTimeout } from 'node:timers/promises';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { GatewayProcess } from '../support/child.ts';
import { EDUZZ_SECRET, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { CANCELLATIONS, Subscriber } from '../support/subscriber.ts';
import { Dice } from './dice.ts';
import type { Fault, Options } from './fault.ts';
import { Memory } from './memory.ts';
import { mutateBytes, mutateText } from './mutate.ts';
import { percentile } from './process.ts';
import { OPCODE, RawClient, frame } from './raw-client.ts';

const AT_ONCE = 24;
/** Messages that one socket sends at most. */
const MOST = 24;
/**
 * What the protocols know (RFC 6455; graphql-transport-ws; docs/ARCHITECTURE.md). 1011 and 4500 would be errors of ours,
 * and no code at all is for who goes away without a word.
 */
const CODES = new Set([1000, 1002, 1003, 1005, 1007, 1008, 1009, 1012, 1013, 4400, 4401, 4403, 4406, 4408, 4409, 4429]);

/** Messages out of order, malformed and of other protocols, and invalid frames, beside a healthy subscriber. */
export const fuzzWs: Fault = {
  name: 'fuzz-ws',
  what: 'random WebSocket messages and frames',
  unit: 'messages',
  runs: 50_000,
  run,
};

async function run({ seed, runs, findings, progress }: Options): Promise<void> {
  const gateway = await GatewayProcess.start({
    ...environment(temporaryFolder()),
    MAX_CONNECTIONS_PER_TOKEN: '0',
    QUERY_RATE_PER_TOKEN: '0',
    MAX_QUERIES_PER_TOKEN: '0',
    MAX_DIFFERENT_SUBSCRIPTIONS_PER_TOKEN: '0',
    MAX_CONNECTIONS_PER_ADDRESS: '0',
    WS_SUBSCRIBE_RATE: '1000',
  });
  const port = Number(new URL(gateway.url).port);
  const token = await makeToken({ expires: 7_200 });
  const healthy = new Subscriber(gateway.webSocketUrl, `Bearer ${token}`, CANCELLATIONS, {});
  await healthy.caughtUp();
  const memory = new Memory(gateway.pid);
  let [sent, sockets, posted] = [0, 0, 0];
  const lags: number[] = [];

  const disturb = async () => {
    while (sent < runs && gateway.isRunning) {
      const number = (sockets += 1) - 1;
      const dice = Dice.of(seed, number);
      const client = await RawClient.open(port);
      if (!client) {
        findings.count('refused');
        continue;
      }
      const script = scriptOf(dice, token, Math.min(MOST, Math.max(1, runs - sent)));
      sent += script.frames.length;
      for (const bytes of script.frames) {
        client.send(bytes);
        if (script.isAcknowledged && bytes === script.frames[0]) await client.hears(isAcknowledgement, 40_000);
        if (dice.chance(0.3)) await setTimeout(dice.below(4));
        if (!client.isOpen) break;
      }
      await leave(client, dice, script.isOrderly, number);
      if (number % 40 === 0) memory.sample();
      if (number % 1_000 === 999) progress(`${sent} messages over ${sockets} sockets`);
    }
  };

  const leave = async (client: RawClient, dice: Dice, isOrderly: boolean, number: number) => {
    // Time to be heard, before it leaves.
    await setTimeout(dice.below(12));
    // Who has kept to the protocol is still there, and answered.
    if (isOrderly && client.isOpen) {
      client.text('{"type":"ping","payload":{"last":true}}');
      const answered = await client.hears((text) => text.includes('"pong"'), 40_000);
      const said = () =>
        `socket ${number} kept to the protocol, and was closed with ${client.closeCode}: ${client.messages.at(-1)}`;
      findings.expect(answered, 'IN5', said);
      findings.count(answered ? 'went on' : 'ended');
    }
    if (dice.chance(0.3)) client.reset();
    else {
      client.send(frame({ opcode: OPCODE.close, payload: Buffer.from([0x03, 0xe8]) }));
      const gone = await Promise.race([client.closed.then(() => true), setTimeout(40_000, false, { ref: false })]);
      findings.expect(gone, 'IN5', () => `socket ${number} was not let go of`);
      const { closeCode } = client;
      findings.count(`closed with ${closeCode ?? 'nothing'}`);
      const isKnown = closeCode === null || CODES.has(closeCode);
      findings.expect(isKnown, 'IN5', () => `socket ${number} was closed with ${closeCode}`);
      client.destroy();
    }
  };

  let isDisturbed = true;
  const deliver = async () => {
    while (isDisturbed) {
      const id = `event-${(posted += 1)}`;
      const { headers, body } = signAsEduzz(attendanceCanceled({ id }), EDUZZ_SECRET);
      const response = await fetch(`${gateway.url}/webhooks/eduzz`, { method: 'POST', headers, body });
      const began = performance.now();
      await response.arrayBuffer();
      const had = healthy.until(({ eventIds }) => eventIds.length >= posted);
      const isThere = await Promise.race([had.then(() => true), setTimeout(60_000, false, { ref: false })]);
      findings.expect(isThere, 'LIVE2', () => `${id} did not come to the healthy subscriber`);
      if (!isThere) return;
      lags.push(performance.now() - began);
      await setTimeout(25);
    }
  };
  const delivering = deliver();
  await Promise.all(Array.from({ length: AT_ONCE }, disturb));
  isDisturbed = false;
  await delivering;

  findings.note('sockets', sockets);
  findings.note('p99 ms to a healthy subscriber', percentile(lags, 0.99));
  const wanted = Array.from({ length: posted }, (_, index) => `event-${index + 1}`).join();
  findings.expect(
    healthy.eventIds.join() === wanted,
    'LIVE1',
    () => 'the healthy subscriber has not had each event once',
  );
  memory.expectFlat(findings);
  findings.expect(gateway.isRunning, 'IN5', () => `the gateway ended: ${gateway.stderr}`);
  findings.expect(gateway.errors.length === 0, 'IN5', () => `an error of ours: ${gateway.errors[0]}`);
  const code = await gateway.end('SIGTERM');
  findings.expect(code === 0, 'OPS1', () => `it ended with ${code}: ${gateway.stderr}`);
}

const isAcknowledgement = (text: string) => text.includes('connection_ack');

interface Script {
  readonly frames: readonly Buffer[];
  /** Whether it says first who it is, and waits until it is let in. */
  readonly isAcknowledged: boolean;
  /** Whether all of it keeps to both protocols, so that the socket is to go on. */
  readonly isOrderly: boolean;
}

function scriptOf(dice: Dice, token: string, most: number): Script {
  const frames: Buffer[] = [];
  const text = (message: unknown) =>
    frame({
      opcode: OPCODE.text,
      payload: Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)),
    });
  const init = { type: 'connection_init', payload: { authorization: `Bearer ${token}` } };
  if (dice.chance(0.85)) frames.push(text(init));
  const isAcknowledged = frames.length === 1 && dice.chance(0.85);
  let isOrderly = isAcknowledged;
  const isNasty = dice.chance(0.7);
  const length = dice.between(1, most);
  let ids = 0;
  while (frames.length < length) {
    if (isNasty && dice.chance(0.35)) {
      isOrderly = false;
      frames.push(nastyFrame(dice, text, init));
      continue;
    }
    const id = `id-${(ids += 1)}`;
    const query = dice.pick([
      'subscription { events { __typename cursor } }',
      'subscription { cancellations { cursor } }',
      '{ events(last: 1) { head } }',
      '{ nothing }',
      'no document',
    ]);
    frames.push(text({ id, type: 'subscribe', payload: { query } }));
    if (dice.chance(0.5)) frames.push(text({ id, type: 'complete' }));
    if (dice.chance(0.2)) frames.push(text({ type: dice.pick(['ping', 'pong']), payload: { a: 1 } }));
    if (dice.chance(0.1)) frames.push(frame({ opcode: OPCODE.ping, payload: dice.bytes(dice.below(125)) }));
    if (dice.chance(0.1)) frames.push(...fragmented(JSON.stringify({ type: 'ping' }), dice));
  }
  return { frames, isAcknowledged, isOrderly };
}

function nastyFrame(dice: Dice, text: (message: unknown) => Buffer, init: unknown): Buffer {
  const good = { id: 'x', type: 'subscribe', payload: { query: 'subscription { events { cursor } }' } };
  const payload = Buffer.from(JSON.stringify(good));
  switch (dice.below(22)) {
    case 0:
      return text(init);
    case 1:
      return text({ type: 'connection_init', payload: { authorization: dice.pick(['Bearer x', '', 7, null]) } });
    case 2:
      return text(mutateText(JSON.stringify(good), dice));
    case 3:
      return text(
        dice.pick(['', 'null', '[]', '7', '"text"', '{', '{"type":"__proto__"}', '\u0000', '{"type":"subscribe"}']),
      );
    case 4:
      return text({ ...good, id: dice.pick(['', 'x', '\u0000', 'é'.repeat(200), 'y'.repeat(30_000)]) });
    case 5:
      return text({
        ...good,
        payload: dice.pick<unknown>([
          null,
          {},
          { query: 7 },
          { query: '{ a }', variables: [] },
          'x',
          { query: '{a}', operationName: 7 },
        ]),
      });
    case 6:
    case 19:
    case 20:
      // A server's, or those of a protocol that is no more.
      return text(
        dice.pick<unknown>([
          { type: 'connection_ack' },
          { id: 'x', type: 'next', payload: {} },
          { id: 'x', type: 'error', payload: [{ message: 'x' }] },
          { id: 'x', type: 'start', payload: {} },
        ]),
      );
    case 7:
      return frame({ opcode: OPCODE.binary, payload: dice.chance(0.5) ? payload : dice.bytes(300) });
    case 8:
      return frame({ opcode: OPCODE.text, payload: Buffer.concat([payload, Buffer.from([0xc3, 0x28, 0xff])]) });
    case 9:
      return frame({ opcode: OPCODE.text, payload, reserved: dice.between(1, 7) });
    case 10:
      return frame({ opcode: dice.pick([3, 7, 11, 15]), payload });
    case 11:
      return frame({ opcode: OPCODE.text, payload, isMasked: false });
    case 12:
      return frame({ opcode: OPCODE.continuation, payload });
    case 13:
      return frame({ opcode: OPCODE.ping, payload: dice.bytes(200) });
    case 14:
      return frame({
        opcode: OPCODE.close,
        payload: dice.pick([
          Buffer.alloc(1),
          Buffer.from([0x03, 0xed]),
          Buffer.from([0xff, 0xff]),
          Buffer.from([0x0f, 0xa0, 0xff]),
        ]),
      });
    case 15:
      return frame({ opcode: OPCODE.text, payload, length: dice.pick([2 ** 40, 70_000, 0, payload.length - 1]) });
    case 16:
      return frame({ opcode: OPCODE.text, payload: Buffer.alloc(dice.pick([65_536, 65_537, 200_000]), 0x20) });
    case 17:
      return dice.bytes(dice.between(1, 200));
    case 18:
      return mutateBytes(frame({ opcode: OPCODE.text, payload }), dice);
    default:
      return Buffer.concat([
        frame({ opcode: OPCODE.text, payload, isLast: false }),
        frame({ opcode: OPCODE.text, payload }),
      ]);
  }
}

function fragmented(text: string, dice: Dice): Buffer[] {
  const at = dice.between(1, text.length - 1);
  return [
    frame({ opcode: OPCODE.text, payload: Buffer.from(text.slice(0, at)), isLast: false }),
    // A control frame may come between.
    frame({ opcode: OPCODE.ping, payload: Buffer.alloc(0) }),
    frame({ opcode: OPCODE.continuation, payload: Buffer.from(text.slice(at)) }),
  ];
}
