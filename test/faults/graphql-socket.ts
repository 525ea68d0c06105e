import { setTimeout } from 'node:timers/promises';
import { RawSocket } from '../../bench/raw-socket.ts';

/** How long a subscription is listened to, in milliseconds. */
const LISTENING = 40;
/** How long an answer may take. */
const PATIENCE = 10_000;

/** Asks one thing over a WebSocket of its own. What came of it, a message a line. */
export async function ask(url: string, token: string, payload: unknown): Promise<string> {
  const messages: string[] = [];
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const socket = await RawSocket.open(url, 'graphql-transport-ws', (data) => {
    const text = data.toString();
    messages.push(text);
    const { type } = JSON.parse(text) as { type: string };
    if (type === 'connection_ack') socket.send(JSON.stringify({ id: 'one', type: 'subscribe', payload }));
    else if (type === 'complete' || type === 'error') end();
    else if (type === 'next') void setTimeout(LISTENING).then(end);
  });
  socket.onClose(end);
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  await Promise.race([over, setTimeout(PATIENCE, undefined, { ref: false })]);
  socket.terminate();
  return messages.join('\n');
}
