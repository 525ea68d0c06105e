import { randomBytes } from 'node:crypto';
import { type Socket, connect } from 'node:net';

/**
 * A WebSocket client that does the least, because a library's client takes as much of the two cores as the measured servers. It reads
 * a server's frames (RFC 6455), answers pings, and hands on each message without copying it.
 */
export class RawSocket {
  readonly #socket: Socket;
  #pending: Buffer | null = null;

  private constructor(socket: Socket, first: Buffer, onMessage: (data: Buffer) => void) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk, onMessage));
    if (first.length > 0) this.#take(first, onMessage);
  }

  static open(url: string, protocol: string | null, onMessage: (data: Buffer) => void): Promise<RawSocket> {
    const { hostname, port, pathname, search } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    socket.write(
      `GET ${pathname}${search} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n` +
        `sec-websocket-version: 13\r\nsec-websocket-key: ${randomBytes(16).toString('base64')}\r\n` +
        `${protocol ? `sec-websocket-protocol: ${protocol}\r\n` : ''}\r\n`,
    );
    return new Promise((resolve, reject) => {
      let head = Buffer.alloc(0);
      const take = (chunk: Buffer) => {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf('\r\n\r\n');
        if (end === -1) return;
        socket.off('data', take);
        if (!head.subarray(0, end).includes('101')) return reject(new Error(head.subarray(0, end).toString()));
        resolve(new RawSocket(socket, head.subarray(end + 4), onMessage));
      };
      socket.on('data', take);
      socket.on('error', reject);
    });
  }

  send(text: string, opcode = 1): void {
    const data = Buffer.from(text);
    // The mask is all zeroes, which is allowed.
    const head = Buffer.alloc(data.length < 126 ? 6 : 8);
    head[0] = 0x80 | opcode;
    head[1] = 0x80 | (data.length < 126 ? data.length : 126);
    if (data.length >= 126) head.writeUInt16BE(data.length, 2);
    this.#socket.write(Buffer.concat([head, data]));
  }

  onClose(listener: () => void): void {
    this.#socket.on('close', listener);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  terminate(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer, onMessage: (data: Buffer) => void): void {
    const data = this.#pending ? Buffer.concat([this.#pending, chunk]) : chunk;
    let at = 0;
    for (;;) {
      if (data.length - at < 2) break;
      let length = data[at + 1]! & 0x7f;
      let from = at + 2;
      if (length === 126) {
        if (data.length - at < 4) break;
        length = data.readUInt16BE(at + 2);
        from = at + 4;
      } else if (length === 127) {
        if (data.length - at < 10) break;
        length = Number(data.readBigUInt64BE(at + 2));
        from = at + 10;
      }
      if (data.length < from + length) break;
      const opcode = data[at]! & 0x0f;
      if (opcode === 1) onMessage(data.subarray(from, from + length));
      else if (opcode === 9) this.send(data.toString('utf8', from, from + length), 10);
      at = from + length;
    }
    this.#pending = at < data.length ? Buffer.from(data.subarray(at)) : null;
  }
}
