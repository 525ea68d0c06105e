import type { ListClient } from './list-view.ts';
import { endWhenSilent } from './silence.ts';

export interface TabsOptions {
  /** Such as the gateway's URL: tabs of one origin that have the same name and the same token share a socket. */
  readonly name: string;
  /** Asked anew for each connection. */
  readonly token: () => string | Promise<string>;
  /** Makes the client of graphql-ws that has the socket. */
  readonly connect: (token: string) => ListClient;
}

interface Sink {
  next(result: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

type Listener = (...args: readonly unknown[]) => void;
/** What is heard of a client of graphql-ws. */
const nothing = () => {};
const EVENTS = ['connecting', 'opened', 'connected', 'message', 'closed', 'error'] as const;
type Event = (typeof EVENTS)[number];

/** The tab's own socket, or the way to the tab that has it. */
interface Way {
  subscribe(payload: object, sink: Sink): () => void;
  terminate(): void;
}

/** From a tab to the one that has the socket. */
interface Wish {
  readonly from: string;
  readonly does: 'hello' | 'ping' | 'subscribe' | 'cancel';
  readonly id?: string;
  readonly payload?: object;
}

/** From the tab that has the socket, to one tab or to all. */
interface News {
  readonly to: string | null;
  readonly says: 'welcome' | 'pong' | 'closed' | keyof Sink;
  readonly id?: string;
  readonly value?: unknown;
}

interface Closed {
  readonly code: number;
  readonly reason: string;
}

/**
 * One socket for all tabs of a browser that have the same token. It takes the place of a client of graphql-ws.
 *
 * The tab that holds a lock (Web Locks) has the socket, and the others reach it by a BroadcastChannel. If it is closed, then its lock is
 * another's, and all come back with their cursors, as after any lost connection. Names of locks and channels have a digest of the token, so
 * that nothing comes by the rights of somebody else. Where there are no locks (pages without HTTPS), each tab has a socket of its own.
 */
export function acrossTabs(options: TabsOptions): ListClient {
  const listeners = new Map<Event, Set<Listener>>(EVENTS.map((event) => [event, new Set()]));
  const emit = (event: Event, ...args: readonly unknown[]) => {
    for (const listener of Array.from(listeners.get(event)!)) listener(...args);
  };
  let way: Way | null = null;
  let opening: Promise<Way> | null = null;
  /** Whether the tab that has the lock did not answer: it may be frozen. */
  let mustSteal = false;

  const leave = (closed: Closed) => {
    way = opening = null;
    emit('closed', closed);
  };
  const open = async (): Promise<Way> => {
    emit('connecting');
    const token = await options.token();
    const { locks } = globalThis.navigator ?? {};
    if (!locks || !globalThis.BroadcastChannel || !globalThis.crypto?.subtle)
      return lead(options.connect(token), null, emit, leave);
    const name = `hookcast ${options.name} ${await digestOf(token)}`;
    const steal = mustSteal;
    mustSteal = false;
    const release = await holdLock(name, steal, () => way?.terminate());
    if (release) return lead(options.connect(token), { name, release }, emit, leave);
    return follow(name, emit, (closed, isSilent) => {
      mustSteal = isSilent;
      leave(closed);
    });
  };
  const connect = () => {
    opening ??= open().then(
      (found) => (way = found),
      (error: unknown) => {
        opening = null;
        emit('error', error);
        throw error;
      },
    );
    return opening;
  };
  return {
    // In the same turn if that can be: a client closes a socket that nobody uses.
    subscribe: (payload: object, sink: Sink) => {
      if (way) return way.subscribe(payload, sink);
      let isOver = false;
      let cancel = nothing;
      const begin = async () => {
        const found = await connect();
        if (!isOver) cancel = found.subscribe(payload, sink);
      };
      begin().catch((error: unknown) => {
        if (!isOver) sink.error(error);
      });
      return () => {
        isOver = true;
        cancel();
      };
    },
    on: (event: Event, listener: Listener) => {
      listeners.get(event)?.add(listener);
      return () => listeners.get(event)?.delete(listener);
    },
    terminate: () => way?.terminate(),
  };
}

/** This tab has the socket. With a name, others may use it. */
function lead(
  client: ListClient,
  lock: { readonly name: string; readonly release: () => void } | null,
  emit: (event: Event, ...args: readonly unknown[]) => void,
  leave: (closed: Closed) => void,
): Way {
  const channel = lock && new BroadcastChannel(lock.name);
  const tell = (news: News) => channel?.postMessage(news);
  /** Of other tabs, by the tab and the operation. */
  const running = new Map<string, () => void>();
  const end = new AbortController();
  const others = EVENTS.filter((event) => event !== 'closed');
  const listening = [
    // A tab that only has the socket for others would not notice that it fell silent.
    ...(lock ? [endWhenSilent(client)] : []),
    ...others.map((event) => client.on(event as 'error', (...args: readonly unknown[]) => emit(event, ...args))),
    client.on('closed', (event) => {
      const { code = 0, reason = '' } = event as Partial<Closed>;
      // Nobody uses it at the moment.
      if (lock && code === 1000) return;
      tell({ to: null, says: 'closed', value: { code, reason } });
      end.abort();
      for (const forget of listening) forget();
      channel?.close();
      lock?.release();
      leave({ code, reason });
    }),
  ];
  const serve = ({ from, does, id = '', payload = {} }: Wish) => {
    const key = `${from} ${id}`;
    if (does === 'hello') {
      tell({ to: from, says: 'welcome' });
      // It holds this lock for as long as it is there.
      const leaves = () => {
        for (const [key, cancel] of running) if (key.startsWith(from)) cancel();
      };
      navigator.locks.request(`${lock!.name} ${from}`, { signal: end.signal }, leaves).catch(() => {});
    } else if (does === 'ping') tell({ to: from, says: 'pong' });
    else if (does === 'cancel') running.get(key)?.();
    else {
      const say = (says: keyof Sink) => (value?: unknown) => {
        if (says !== 'next') running.delete(key);
        tell({ to: from, id, says, value: says === 'error' ? toPlain(value) : value });
      };
      const sink: Sink = { next: say('next'), error: say('error'), complete: say('complete') };
      const cancel = client.subscribe(payload as never, sink);
      running.set(key, () => {
        running.delete(key);
        cancel();
      });
    }
  };
  if (channel) {
    channel.addEventListener('message', ({ data }: { readonly data: Wish | News }) => {
      if ('does' in data) serve(data);
    });
    (channel as { unref?: () => void }).unref?.();
    // Who had another before may have lost it without a word.
    tell({ to: null, says: 'closed', value: { code: 1001, reason: 'Another tab has the socket.' } });
  }
  return {
    subscribe: (payload, sink) => client.subscribe(payload as never, sink),
    terminate: () => client.terminate(),
  };
}

/** Another tab has the socket. Resolves once it has answered. */
function follow(
  name: string,
  emit: (event: Event, ...args: readonly unknown[]) => void,
  leave: (closed: Closed, isSilent: boolean) => void,
): Promise<Way> {
  const channel = new BroadcastChannel(name);
  (channel as { unref?: () => void }).unref?.();
  const from = crypto.randomUUID();
  const tell = (wish: Omit<Wish, 'from'>) => channel.postMessage({ from, ...wish });
  const sinks = new Map<string, Sink>();
  const end = new AbortController();
  let isOver = false;
  let release = nothing;
  const here = new Promise<void>((resolve) => (release = resolve));
  return new Promise((resolve, reject) => {
    const close = (closed: Closed, isSilent = false) => {
      if (isOver) return;
      isOver = true;
      end.abort();
      release();
      channel.close();
      reject(Object.assign(new Error(closed.reason), closed));
      leave(closed, isSilent);
      for (const sink of sinks.values()) sink.error(closed);
    };
    channel.addEventListener('message', ({ data }: { readonly data: News }) => {
      const { to, says, id = '', value } = data;
      if (to === null && says === 'closed') return close(value as Closed);
      if (to !== from) return;
      emit('message', data);
      if (says === 'welcome') {
        emit('opened', { send: () => tell({ does: 'ping' }) });
        emit('connected');
        return resolve(way);
      }
      if (says === 'pong' || says === 'closed') return;
      const sink = sinks.get(id);
      if (says !== 'next') sinks.delete(id);
      sink?.[says](value);
    });
    const way: Way = {
      subscribe: (payload, sink) => {
        const id = crypto.randomUUID();
        sinks.set(id, sink);
        tell({ does: 'subscribe', id, payload: { ...payload } });
        return () => {
          if (sinks.delete(id) && !isOver) tell({ does: 'cancel', id });
        };
      },
      terminate: () => close({ code: 4499, reason: 'Terminated' }, true),
    };
    const gone = () => close({ code: 1001, reason: 'The tab that had the socket was closed.' });
    void navigator.locks.request(`${name} ${from}`, () => here);
    navigator.locks.request(name, { signal: end.signal }, gone).catch(() => {});
    tell({ does: 'hello' });
  });
}

/**
 * Takes the lock: if it is free, or if it is to be taken from the tab that has it.
 *
 * @returns how to let go of it; null if it is another's.
 */
function holdLock(name: string, steal: boolean, onStolen: () => void): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    const hold = (lock: unknown) => {
      if (!lock) return resolve(null);
      return new Promise<void>((release) => resolve(release));
    };
    navigator.locks.request(name, steal ? { steal } : { ifAvailable: true }, hold).catch(onStolen);
  });
}

/** Of a token only what can't be turned back: names of locks are seen by every script of the origin. */
async function digestOf(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
  return Array.from(new Uint8Array(digest, 0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Events and errors can't be sent to another tab as they are. */
function toPlain(error: unknown): unknown {
  if (Array.isArray(error)) return error;
  const { code = 0, reason = '', message = '' } = Object(error) as Partial<Closed> & { readonly message?: string };
  return { code, reason, message };
}
