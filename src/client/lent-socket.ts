import { type Closed, EVENTS, type Emit, type TabReply, type Sink, type Way, type TabRequest } from './between-tabs.ts';
import type { ListClient } from './list-view.ts';
import { endWhenSilent } from './silence.ts';

/** Makes the way of the tab that has the socket. If there is a lock, then other tabs use the socket as well. */
export function lendSocket(
  client: ListClient,
  lock: { readonly name: string; readonly release: () => void } | null,
  emit: Emit,
  leave: (closed: Closed) => void,
): Way {
  const channel = lock && new BroadcastChannel(lock.name);
  const tell = (news: TabReply) => channel?.postMessage(news);
  /** The functions that cancel operations of other tabs, by `<tab> <operation>`. */
  const running = new Map<string, () => void>();
  const end = new AbortController();
  const others = EVENTS.filter((event) => event !== 'closed');
  const listening = [
    // If only other tabs use the socket, then nothing else here notices that it fell silent.
    ...(lock ? [endWhenSilent(client)] : []),
    ...others.map((event) => client.on(event as 'error', (...args: readonly unknown[]) => emit(event, ...args))),
    client.on('closed', (event) => {
      const { code = 0, reason = '' } = event as Partial<Closed>;
      // The client closes a socket that no operation uses. This tab keeps the lock.
      if (lock && code === 1000) return;
      tell({ to: null, says: 'closed', value: { code, reason } });
      end.abort();
      for (const forget of listening) forget();
      channel?.close();
      lock?.release();
      leave({ code, reason });
    }),
  ];
  const serve = ({ from, does, id = '', payload = {} }: TabRequest) => {
    const key = `${from} ${id}`;
    if (does === 'hello') {
      tell({ to: from, says: 'welcome' });
      // The other tab holds this lock for as long as it exists.
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
    channel.addEventListener('message', ({ data }: { readonly data: TabRequest | TabReply }) => {
      if ('does' in data) serve(data);
    });
    (channel as { unref?: () => void }).unref?.();
    // Other tabs may not have noticed that the tab before this one has gone.
    tell({ to: null, says: 'closed', value: { code: 1001, reason: 'Another tab has the socket.' } });
  }
  return {
    subscribe: (payload, sink) => client.subscribe(payload as never, sink),
    terminate: () => client.terminate(),
  };
}

/** Events and errors can't be sent to another tab as they are. */
function toPlain(error: unknown): unknown {
  if (Array.isArray(error)) return error;
  const { code = 0, reason = '', message = '' } = Object(error) as Partial<Closed> & { readonly message?: string };
  return { code, reason, message };
}
