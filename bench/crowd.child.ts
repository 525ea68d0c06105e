import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { Answer, Order } from './crowd.ts';

/**
 * Many subscribers in one process. They take what comes and count it; what each has in order, or how late it came, is
 * looked at only where that is measured.
 */
const sockets: WebSocket[] = [];
let received = 0;
let bytes = 0;
let ready = 0;
let misplaced = 0;
let latencies: number[] = [];
const EVENT_ID = /"eventId":"[a-z]*(\d+(?:\.\d+)?)"/;

function open(
  { url, tokens, query, variables, look, plain }: Extract<Order, { do: 'open' }>,
  index: number,
): Promise<void> {
  const socket = new WebSocket(url, plain ? [] : 'graphql-transport-ws', { perMessageDeflate: false });
  sockets.push(socket);
  return new Promise((resolve, reject) => {
    let last = -1;
    socket.on('error', reject);
    socket.on('close', () => (ready -= 1));
    socket.on('open', () => {
      if (plain) {
        ready += 1;
        return resolve();
      }
      const payload = { authorization: `Bearer ${tokens[index % tokens.length]}` };
      socket.send(JSON.stringify({ type: 'connection_init', payload }));
    });
    socket.on('message', (data: Buffer) => {
      // A short message is one of the protocol, or CaughtUp, and costs little to look at.
      if (data.length < 250) {
        const text = data.toString();
        if (text.includes('"ping"')) return socket.send('{"type":"pong"}');
        if (text.includes('connection_ack')) {
          const payload = { query, variables };
          return socket.send(JSON.stringify({ id: randomUUID(), type: 'subscribe', payload }), () => resolve());
        }
        if (text.includes('"CaughtUp"')) return void (ready += 1);
        if (text.includes('"error')) return reject(new Error(text));
      }
      received += 1;
      bytes += data.length;
      if (look === 'nothing') return;
      const value = Number(EVENT_ID.exec(data.toString())?.[1]);
      if (look === 'order') {
        if (last >= 0 && value !== last + 1) misplaced += 1;
        last = value;
      } else latencies.push(performance.timeOrigin + performance.now() - value);
    });
  });
}

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
    case 'count':
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
