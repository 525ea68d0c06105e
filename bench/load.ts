import { createHmac, randomBytes } from 'node:crypto';
import { type Socket, connect } from 'node:net';
import { eduzzSamples } from '../src/providers/eduzz/samples.ts';

export interface Measured {
  /** Requests answered 2xx, for each second. */
  readonly rate: number;
  /** Milliseconds, from the request's last byte to the answer's first. */
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  readonly failed: number;
}

/** Makes whole signed requests beforehand, head and body, each with the documented payload and its own id. */
export function makeRequests(count: number, secret: string): Buffer[] {
  const sample = eduzzSamples[0]!.payload();
  const template = JSON.stringify(sample);
  const id = String(sample['id']);
  return Array.from({ length: count }, () => {
    const body = template.replace(id, randomBytes(16).toString('hex'));
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    return Buffer.from(
      'POST /webhooks/eduzz HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n' +
        `user-agent: Eduzz Webhook\r\nx-signature: ${signature}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
}

/**
 * Sends the requests over the connections, one at a time on each, until the requests or the time (`ms`) run out. It uses plain sockets,
 * because an HTTP client would take more of the two cores than the measured servers.
 */
export async function load(port: number, requests: Buffer[], connections: number, ms: number): Promise<Measured> {
  const latencies: number[] = [];
  let failed = 0;
  let next = 0;
  const began = performance.now();
  const end = began + ms;
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const socket: Socket = connect(port, '127.0.0.1');
      socket.setNoDelay(true);
      let sent = 0;
      let pending = '';
      const send = () => {
        if (performance.now() > end || next >= requests.length) {
          socket.destroy();
          return resolve();
        }
        sent = performance.now();
        socket.write(requests[next++]!);
      };
      socket.on('connect', send);
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        pending += chunk.toString('latin1');
        const head = pending.indexOf('\r\n\r\n');
        if (head === -1) return;
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(pending)?.[1] ?? 0);
        if (pending.length < head + 4 + length) return;
        latencies.push(performance.now() - sent);
        if (!pending.startsWith('HTTP/1.1 2')) failed += 1;
        pending = '';
        send();
      });
    });
  await Promise.all(Array.from({ length: connections }, work));
  const seconds = (performance.now() - began) / 1000;
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { rate: (sorted.length - failed) / seconds, p50: at(0.5), p99: at(0.99), worst: sorted.at(-1) ?? 0, failed };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
