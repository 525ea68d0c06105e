import { randomUUID } from 'node:crypto';
import type { Answer, Order } from './crowd.ts';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type EventList, createEventList } from '../src/client/event-list.ts';
import { RawSocket } from './raw-socket.ts';

/**
 * Many subscribers in one process. They receive messages and count them. They look at the order or the delay of messages only where
 * that is measured.
 */
const sockets: RawSocket[] = [];
const lists: EventList<object>[] = [];
let received = 0;
let bytes = 0;
let ready = 0;
let misplaced = 0;
let latencies: number[] = [];

async function open(order: Extract<Order, { do: 'open' }>, index: number): Promise<void> {
  const { url, tokens, query, variables, look, plain } = order;
  const subscribed = Promise.withResolvers<void>();
  let last = -1;
  const socket = await RawSocket.open(url, plain ? null : 'graphql-transport-ws', (data) => {
    // A short message belongs to the protocol, or is CaughtUp. It costs little to read.
    if (data.length < 250) {
      const text = data.toString();
      if (text.includes('"ping"')) return socket.send('{"type":"pong"}');
      if (text.includes('connection_ack')) {
        socket.send(JSON.stringify({ id: randomUUID(), type: 'subscribe', payload: { query, variables } }));
        return subscribed.resolve();
      }
      if (text.includes('"CaughtUp"')) return void (ready += 1);
      if (text.includes('"error')) return subscribed.reject(new Error(text));
    }
    received += 1;
    bytes += data.length;
    if (look === 'nothing') return;
    // The id stands near the beginning of every message.
    const from = data.indexOf('"eventId":"') + 12;
    const value = Number(data.toString('latin1', from, data.indexOf('"', from)));
    if (look === 'order') {
      if (last >= 0 && value !== last + 1) misplaced += 1;
      last = value;
    } else latencies.push(performance.timeOrigin + performance.now() - value);
  });
  sockets.push(socket);
  socket.onClose(() => {
    ready -= 1;
    subscribed.reject(new Error('closed before it was subscribed'));
  });
  if (plain) {
    ready += 1;
    return;
  }
  socket.send(
    JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${tokens[index % tokens.length]}` } }),
  );
  await subscribed.promise;
}

function openLists({ url, tokens, row, after, count }: Extract<Order, { do: 'list' }>): void {
  for (let index = 0; index < count; index += 1) {
    const list = createEventList<object>({ of: 'cancellations', row, cursor: { read: () => after, write: () => {} } });
    lists.push(list);
    list.subscribe(() => {
      if (list.getView().status === 'live' && waiting.delete(list)) ready += 1;
    });
    waiting.add(list);
    const connectionParams = { authorization: `Bearer ${tokens[index]}` };
    list.begin(createClient({ url, webSocketImpl: WebSocket, connectionParams, retryAttempts: 0 }));
  }
}
const waiting = new Set<EventList<object>>();

/** Counts the rows that lists show, and the lists that don't show the newest rows in order. */
function look(): void {
  received = 0;
  misplaced = 0;
  const newest = Math.max(...lists.map((list) => numbersOf(list)[0] ?? -1));
  for (const list of lists) {
    const numbers = numbersOf(list);
    received += numbers.length;
    if (numbers.length === 0 || numbers.some((number, index) => number !== newest - index)) misplaced += 1;
  }
}
const numbersOf = (list: EventList<object>) => list.getView().rows.map(({ node }) => Number(node.eventId.slice(1)));

async function obey(order: Order): Promise<Answer> {
  switch (order.do) {
    case 'open': {
      const from = sockets.length;
      let next = 0;
      const work = async () => {
        while (next < order.count) {
          const index = next;
          next += 1;
          await open(order, from + index);
        }
      };
      await Promise.all(Array.from({ length: Math.min(order.count, order.atOnce) }, work));
      break;
    }
    case 'list':
      openLists(order);
      break;
    case 'count':
      // Lists are read only when all are live. Before, this process has enough to do: it runs a client for each list.
      if (lists.length > 0 && waiting.size === 0) look();
      break;
    case 'reset':
      received = 0;
      bytes = 0;
      latencies = [];
      break;
    case 'pause':
      for (const socket of sockets.slice(0, order.count)) socket.pause();
      break;
    case 'resume':
      for (const socket of sockets.slice(0, order.count)) socket.resume();
      break;
    case 'close':
      for (const socket of sockets.splice(0)) socket.terminate();
      break;
  }
  return { received, bytes, ready, misplaced, latencies: order.do === 'count' && order.latencies ? latencies : [] };
}

process.on('message', (order: Order) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit());
