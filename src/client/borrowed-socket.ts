import type { Closed, Emit, TabReply, Sink, Way, TabRequest } from './between-tabs.ts';

const nothing = () => {};

/** Finds the way to the tab that has the socket. Resolves when that tab has answered. */
export function borrowSocket(
  name: string,
  emit: Emit,
  leave: (closed: Closed, isSilent: boolean) => void,
): Promise<Way> {
  const channel = new BroadcastChannel(name);
  (channel as { unref?: () => void }).unref?.();
  const from = crypto.randomUUID();
  const tell = (request: Omit<TabRequest, 'from'>) => channel.postMessage({ from, ...request });
  const sinks = new Map<string, Sink>();
  const end = new AbortController();
  let isOver = false;
  let release = nothing;
  const released = new Promise<void>((resolve) => (release = resolve));
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
    channel.addEventListener('message', ({ data }: { readonly data: TabReply }) => {
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
    // The tab with the socket waits for this lock. It gets the lock when this tab is closed, and ends its subscriptions.
    void navigator.locks.request(`${name} ${from}`, () => released);
    // The tab with the socket holds this lock. This tab gets the lock when that one is closed.
    const ownerClosed = () => close({ code: 1001, reason: 'The tab that had the socket was closed.' });
    navigator.locks.request(name, { signal: end.signal }, ownerClosed).catch(() => {});
    tell({ does: 'hello' });
  });
}
