import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type WebSocketClient, callWithin, endWhenSilent, failWhenSilent } from '../../src/client/silence.ts';

// Of sleeping machines and browsers: neither can be had here, so the clock and the page's events are made.
beforeEach(
  () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] }),
);
afterEach(() => vi.useRealTimers());

/** The machine stands still, and then the timers that were due go on. */
function sleep(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
  vi.advanceTimersByTime(5_000);
}

/** A client of graphql-ws, as far as it is listened to. */
class Line implements WebSocketClient {
  pings = 0;
  terminated = 0;
  readonly #listeners: { readonly event: string; readonly listener: (socket: unknown) => void }[] = [];

  on(event: string, listener: (socket: unknown) => void): () => void {
    const one = { event, listener };
    this.#listeners.push(one);
    return () => void this.#listeners.splice(this.#listeners.indexOf(one), 1);
  }

  emit(event: string): void {
    const socket = { send: () => void (this.pings += 1) };
    for (const each of this.#listeners.slice()) if (each.event === event) each.listener(socket);
  }

  terminate(): void {
    this.terminated += 1;
    this.emit('closed');
  }
}

function connected(): Line {
  const line = new Line();
  endWhenSilent(line);
  line.emit('connecting');
  line.emit('opened');
  line.emit('message');
  return line;
}

it('LIVE1.9 keeps a connection on which nothing happens and pings are answered', () => {
  const line = connected();
  for (let minute = 0; minute < 10; minute += 1) {
    const { pings } = line;
    vi.advanceTimersByTime(20_000);
    expect(line.pings).toBe(pings + 1);
    line.emit('message');
    vi.advanceTimersByTime(10_000);
    line.emit('message');
  }
  expect(line.terminated).toBe(0);
});

it('LIVE1.9 gives up a connection within 45 s of the last word, also one that is not opened again', () => {
  const silent = connected();
  const unopened = connected();
  unopened.emit('closed');
  unopened.emit('connecting');
  vi.advanceTimersByTime(45_000);
  expect([silent.pings, silent.terminated, unopened.terminated]).toEqual([1, 1, 1]);
  // It is over, and nobody looks any more.
  vi.advanceTimersByTime(600_000);
  expect([silent.pings, silent.terminated, unopened.terminated]).toEqual([1, 1, 1]);
});

it('LIVE1.9 asks at once after sleep, and gives the answer its time', () => {
  const answers = connected();
  const silent = connected();
  sleep(3_600_000);
  expect([answers.pings, silent.pings]).toEqual([1, 1]);
  expect([answers.terminated, silent.terminated]).toEqual([0, 0]);
  answers.emit('message');
  vi.advanceTimersByTime(20_000);
  expect([answers.terminated, silent.terminated]).toEqual([0, 1]);
});

it('LIVE1.9 asks, and tries again, as soon as the browser is online', () => {
  const page = new EventTarget();
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
  try {
    const line = connected();
    let called = 0;
    callWithin(30_000, () => (called += 1));
    const cancelled = callWithin(30_000, () => (called += 1));
    cancelled();
    page.dispatchEvent(new Event('online'));
    expect([line.pings, called]).toEqual([1, 1]);
    vi.advanceTimersByTime(60_000);
    expect(called).toBe(1);
  } finally {
    vi.unstubAllGlobals();
  }
});

it('LIVE1.34 cuts an event stream only between characters, wherever the network cuts it', async () => {
  const text = 'data: João, Ñandú, 東京, 🎟️\n\n';
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 2, 3, 5, 7, bytes.length]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
      bytes.slice(n * size, (n + 1) * size),
    );
    const body = new ReadableStream({
      pull: (controller) => (chunks.length > 0 ? controller.enqueue(chunks.shift()) : controller.close()),
    });
    const answer = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    const given: string[] = [];
    const response = await failWhenSilent(async () => answer)('http://localhost');
    for await (const chunk of response.body!) given.push(new TextDecoder('utf-8', { fatal: true }).decode(chunk));
    expect(given.join('')).toBe(text);
    expect(given).not.toContain('');
  }
});

it('LIVE1.34 hands on a stream that ends within a character as it is', async () => {
  const bytes = new TextEncoder().encode('data: ã').slice(0, -1);
  const answer = new Response(bytes, { headers: { 'content-type': 'text/event-stream' } });
  const response = await failWhenSilent(async () => answer)('http://localhost');
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
});

it('LIVE1.9 does not wait for the rest of a pause after sleep', () => {
  let called = 0;
  callWithin(30_000, () => (called += 1));
  vi.advanceTimersByTime(5_000);
  expect(called).toBe(0);
  sleep(3_600_000);
  expect(called).toBe(1);
});

it('LIVE1.9 gives up a silent connection of a page in the background too, whose timers run once a minute', () => {
  const silent = connected();
  const answers = connected();
  for (let minute = 0; minute < 5; minute += 1) {
    sleep(60_000);
    answers.emit('message');
  }
  expect([silent.terminated, answers.terminated]).toEqual([1, 0]);
});

it('LIVE1.9 leaves it to the caller to end a request, however the signal is given', async () => {
  const asked: AbortSignal[] = [];
  const ask = failWhenSilent(async (_input, init) => {
    asked.push(init!.signal!);
    return Response.json({});
  });
  const [first, second] = [new AbortController(), new AbortController()];
  await ask('http://127.0.0.1/', { signal: first.signal });
  await ask(new Request('http://127.0.0.1/', { signal: second.signal }));
  first.abort();
  second.abort();
  expect(asked.map(({ aborted }) => aborted)).toEqual([true, true]);
});
