import { type Closed, EVENTS, type Emit, type Event, type Sink, type Way } from './between-tabs.ts';
import { borrowSocket } from './borrowed-socket.ts';
import { lendSocket } from './lent-socket.ts';
import type { ListClient } from './list-view.ts';

export interface TabsOptions {
  /** Such as the gateway's URL: tabs of one origin that have the same name and the same token share a socket. */
  readonly name: string;
  /** Asked anew for each connection. */
  readonly token: () => string | Promise<string>;
  /** Makes the client of graphql-ws that has the socket. */
  readonly connect: (token: string) => ListClient;
}

type Listener = (...args: readonly unknown[]) => void;

const nothing = () => {};

/**
 * One socket for all tabs of a browser that have the same token. It takes the place of a client of graphql-ws.
 *
 * The tab that holds a lock (Web Locks) has the socket, and the others reach it by a BroadcastChannel. If it is closed, then its lock is
 * another's, and all come back with their cursors, as after any lost connection. Names of locks and channels have a digest of the token, so
 * that nothing comes by the rights of somebody else. Where there are no locks (pages without HTTPS), each tab has a socket of its own.
 */
export function acrossTabs(options: TabsOptions): ListClient {
  const listeners = new Map<Event, Set<Listener>>(EVENTS.map((event) => [event, new Set()]));
  const emit: Emit = (event, ...args) => {
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
      return lendSocket(options.connect(token), null, emit, leave);
    const name = `hookcast ${options.name} ${await digestOf(token)}`;
    const steal = mustSteal;
    mustSteal = false;
    const release = await holdLock(name, steal, () => way?.terminate());
    if (release) return lendSocket(options.connect(token), { name, release }, emit, leave);
    return borrowSocket(name, emit, (closed, isSilent) => {
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
