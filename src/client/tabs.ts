import { type Closed, EVENTS, type Emit, type Event, type Sink, type Way } from './between-tabs.ts';
import { borrowSocket } from './borrowed-socket.ts';
import { lendSocket } from './lent-socket.ts';
import type { ListClient } from './list-view.ts';

export interface TabsOptions {
  /** Such as the gateway's URL: tabs of one origin that have the same name and the same token share a socket. */
  readonly name: string;
  /** Called for each connection. */
  readonly token: () => string | Promise<string>;
  /** Makes the client of graphql-ws that has the socket. */
  readonly connect: (token: string) => ListClient;
}

type Listener = (...args: readonly unknown[]) => void;

const nothing = () => {};

/**
 * Makes one socket for all tabs of a browser that have the same token. It takes the place of a client of graphql-ws.
 *
 * The tab that holds a lock (Web Locks) has the socket, and the others reach it by a BroadcastChannel. If that tab is closed, then another
 * gets its lock, and all come back with their cursors, as after any lost connection. Names of locks and channels have a digest of the
 * token, so that no tab gets what another token may see. Where there are no locks (pages without HTTPS), each tab has a socket of its own.
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
    // If there is a way already, it is used in the same turn: a client closes a socket that no operation uses.
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
 * Takes the lock if it is free. With `steal`, takes it from the tab that has it.
 *
 * @returns how to let go of it; null if another tab has it.
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

/** A digest, from which the token can't be found: every script of the origin sees the names of locks. */
async function digestOf(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
  return Array.from(new Uint8Array(digest, 0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
