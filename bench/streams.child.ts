import { type Socket, connect } from 'node:net';
import type { Answer, Order } from './crowd.ts';
import { FORMS, type Form } from './streams.ts';

/**
 * Many streams over HTTP in one process. They only search the bytes that arrive for the mark of a message, because an HTTP client would
 * take more of the two cores than the measured gateway.
 */
const EDGE = Buffer.from('"__typename":"CancellationEdge"');
const LIVE = Buffer.from('"CaughtUp"');
const sockets: Socket[] = [];
let received = 0;
let bytes = 0;
let ready = 0;

function open({ url, tokens, query, form }: Extract<Order, { do: 'open' }>): Promise<void> {
  const { hostname, port, host } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  sockets.push(socket);
  socket.write(FORMS[form as Form].request({ host, token: tokens[0]!, query }));
  return new Promise((resolve, reject) => {
    let isLive = false;
    /** The end of the bytes before, in which a mark may have begun. */
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      const data = Buffer.concat([rest, chunk]);
      if (!isLive && data.includes(LIVE)) {
        isLive = true;
        ready += 1;
        resolve();
      }
      let end = 0;
      for (let at = data.indexOf(EDGE); at !== -1; at = data.indexOf(EDGE, end)) {
        received += 1;
        end = at + EDGE.length;
      }
      rest = data.subarray(Math.max(end, data.length - EDGE.length + 1));
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed')));
  });
}

async function obey(order: Order): Promise<Answer> {
  if (order.do === 'open') {
    for (let index = 0; index < order.count; index += 1) await open(order);
  } else if (order.do === 'reset') {
    received = 0;
    bytes = 0;
  }
  return { received, bytes, ready, misplaced: 0, latencies: [] };
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
