import { WholeCharacters } from './whole-characters.ts';

/**
 * A network may drop a connection without a word: a closed lid, a NAT that forgets it, a change from Wi-Fi to mobile. TCP
 * does not tell a side that only listens. The functions here notice it.
 */

/** How long a connection may be silent, in milliseconds: the gateway sends a sign of life every twelve seconds. */
export const PATIENCE = 30_000;
/** How often a connection is looked at within its patience. A look that comes much later means that the machine slept. */
const LOOKS = 6;

export interface SilenceOptions {
  /** How long a connection may be silent before it is given up, in milliseconds. Default: 30,000. */
  readonly patience?: number;
}

/** The members of a graphql-ws client that are used here. */
export interface WebSocketClient {
  on(event: 'connecting' | 'message', listener: () => void): () => void;
  on(event: 'closed' | 'error', listener: (event: unknown) => void): () => void;
  on(event: 'opened', listener: (socket: unknown) => void): () => void;
  /** Ends the connection at once, without waiting for the other side. */
  terminate(): void;
}

interface Socket {
  send(text: string): void;
}

const PING = '{"type":"ping"}';

/**
 * Ends connections of the client that have fallen silent, so that it opens another. If nothing comes for half of the patience, a
 * ping is sent. If nothing comes for the other half either, the connection is terminated (4499). The ping is sent at once when the
 * machine wakes, or the browser says that it is online.
 *
 * @returns how to stop.
 */
export function endWhenSilent(client: WebSocketClient, { patience = PATIENCE }: SilenceOptions = {}): () => void {
  let socket: Socket | null = null;
  /** Whether the connection may be terminated before it is open. */
  let canAbandon = !('process' in globalThis);
  let heard = Date.now();
  let askedAt: number | null = null;
  let isSuspect = false;
  let stopLooking: (() => void) | null = null;

  const hear = () => {
    heard = Date.now();
    askedAt = null;
    isSuspect = false;
  };
  const ask = () => {
    // While the client connects, no ping can be sent, but the wait for an answer begins.
    askedAt = Date.now();
    try {
      socket?.send(PING);
    } catch {
      // The socket is closing, and its event `closed` comes by itself.
    }
  };
  const look = (hasSlept: boolean) => {
    const now = Date.now();
    if (askedAt === null) {
      if (hasSlept || now - heard >= patience / 2) ask();
    } else if (now - askedAt < patience / 2) return;
    else if (hasSlept && !isSuspect) {
      // The machine may have slept before the answer came, so a second ping is sent. There is no third: the timers of a page in
      // the background run once a minute, which looks like sleep each time.
      isSuspect = true;
      ask();
    } else if (socket || canAbandon) client.terminate();
  };
  const begin = () => {
    stopLooking?.();
    socket = null;
    hear();
    stopLooking = lookAgain(patience / LOOKS, look);
  };
  const end = () => {
    stopLooking?.();
    stopLooking = null;
  };
  const listening = [
    client.on('connecting', begin),
    client.on('opened', (opened) => {
      socket = opened as Socket;
      // If `ws`, of Node, is closed before it is open, it emits an error. graphql-ws 6.4.2 has stopped listening for errors by
      // then, so that this one would end the process. Give `ws` a `handshakeTimeout`.
      canAbandon = !('terminate' in socket);
      hear();
    }),
    client.on('message', hear),
    client.on('closed', end),
    client.on('error', end),
  ];
  return () => {
    end();
    for (const forget of listening) forget();
  };
}

/**
 * Makes a `fetch` that fails when the gateway falls silent, as it fails when a connection is lost: while it waits for an answer
 * to begin and, in event streams and multipart subscriptions, at any time after that. The chunks of those end with whole
 * characters. In every other way it behaves as the `fetch` that it is given.
 */
export function failWhenSilent(
  given: typeof fetch = fetch,
  { patience = PATIENCE }: SilenceOptions = {},
): typeof fetch {
  return async (input, init) => {
    const response = await answered(given, input, { ...init }, patience);
    const isStream = /^(?:text\/event-stream|multipart\/mixed)\b/i.test(response.headers.get('content-type') ?? '');
    // Where a fetch can't stream (React Native), there is no body to watch.
    if (!isStream || !response.body) return response;
    return new Response(watched(response.body, patience), response);
  };
}

/** Waits for the answer. A connection that a browser or Node has kept may have fallen silent before the request. */
async function answered(given: typeof fetch, input: Parameters<typeof fetch>[0], init: RequestInit, patience: number) {
  const silence = new AbortController();
  const own = init.signal ?? (input instanceof Request ? input.signal : null);
  const signal = own ? eitherOf(own, silence) : silence.signal;
  const stopWaiting = callWithin(patience, () => silence.abort(silentFor(patience)));
  try {
    return await given(input, { ...init, signal });
  } finally {
    stopWaiting();
  }
}

/** `AbortSignal.any`, which not every browser has. */
function eitherOf(signal: AbortSignal, controller: AbortController): AbortSignal {
  if (AbortSignal.any) return AbortSignal.any([signal, controller.signal]);
  if (signal.aborted) controller.abort(signal.reason);
  signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
  return controller.signal;
}

function silentFor(patience: number): Error {
  return new Error(`The gateway sent nothing for ${patience} ms.`);
}

function watched(body: ReadableStream<Uint8Array>, patience: number): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const characters = new WholeCharacters();
  /** Since when a read has waited. Null if nobody reads, since then the connection is not at fault. */
  let since: number | null = null;
  let isSuspect = false;
  let stopLooking: (() => void) | null = null;
  return new ReadableStream(
    {
      start(controller) {
        stopLooking = lookAgain(patience / LOOKS, (hasSlept) => {
          if (since === null || Date.now() - since < patience) isSuspect = false;
          // After a sleep, bytes that have come meanwhile are read before the next look.
          else if (hasSlept && !isSuspect) isSuspect = true;
          else {
            stopLooking?.();
            const error = silentFor(patience);
            controller.error(error);
            reader.cancel(error).catch(() => {});
          }
        });
      },
      async pull(controller) {
        try {
          let next: Uint8Array = new Uint8Array(0);
          while (next.length === 0) {
            since = Date.now();
            const { done, value } = await reader.read();
            if (done) {
              stopLooking?.();
              if (characters.rest().length > 0) controller.enqueue(characters.rest());
              return controller.close();
            }
            next = characters.take(value);
          }
          controller.enqueue(next);
        } catch (error) {
          stopLooking?.();
          controller.error(error);
        } finally {
          since = null;
        }
      },
      cancel(reason) {
        stopLooking?.();
        return reader.cancel(reason);
      },
    },
    // Nothing is read ahead.
    { highWaterMark: 0 },
  );
}

/**
 * Calls back after `ms` milliseconds. It calls earlier if the machine wakes, or the browser says that it is online.
 *
 * @returns how to cancel it.
 */
export function callWithin(ms: number, callback: () => void): () => void {
  let stopLooking: (() => void) | null = null;
  const cancel = () => {
    clearTimeout(timer);
    stopLooking?.();
  };
  const call = () => {
    cancel();
    callback();
  };
  const timer = setTimeout(call, ms);
  stopLooking = lookAgain(PATIENCE / LOOKS, (hasSlept) => {
    if (hasSlept) call();
  });
  return cancel;
}

/** The global scope, which has events of the whole page in browsers. */
interface EventScope {
  addEventListener?(type: 'online', listener: () => void): void;
  removeEventListener?(type: 'online', listener: () => void): void;
}

/**
 * Calls `look` every `every` milliseconds, and when the browser says that it is online. `hasSlept` is true if the call comes so late
 * that the machine, or the page, must have stood still, and if it comes from the browser.
 *
 * @returns how to stop.
 */
function lookAgain(every: number, look: (hasSlept: boolean) => void): () => void {
  let last = Date.now();
  const timer = setInterval(() => {
    const late = Date.now() - last;
    last += late;
    look(late > 3 * every);
  }, every);
  // In Node, the timer keeps no process alive.
  (timer as { unref?: () => void }).unref?.();
  const scope = globalThis as EventScope;
  const wake = () => look(true);
  scope.addEventListener?.('online', wake);
  return () => {
    clearInterval(timer);
    scope.removeEventListener?.('online', wake);
  };
}
