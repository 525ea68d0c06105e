import { randomBytes } from 'node:crypto';
import { type Socket, connect } from 'node:net';

/** RFC 6455, section 5.2. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly isLast?: boolean;
  /** The three reserved bits. */
  readonly reserved?: number;
  readonly isMasked?: boolean;
  /** The length in the head, true or not. */
  readonly length?: number;
}

export function frame({ opcode, payload, isLast = true, reserved = 0, isMasked = true, length }: Frame): Buffer {
  const said = length ?? payload.length;
  const extended = said < 126 ? 0 : said < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + extended + (isMasked ? 4 : 0));
  head[0] = (isLast ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = (isMasked ? 0x80 : 0) | (extended === 0 ? said : extended === 2 ? 126 : 127);
  if (extended === 2) head.writeUInt16BE(said, 2);
  if (extended === 8) head.writeBigUInt64BE(BigInt(said), 2);
  // A mask of zeroes is a mask.
  return Buffer.concat([head, payload]);
}

/** A client of WebSockets that may send whatever it likes, and takes note of how it ends. */
export class RawClient {
  /** Texts that came. */
  readonly messages: string[] = [];
  /** Of the close frame that came; null for none. */
  closeCode: number | null = null;
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #pending = Buffer.alloc(0);
  #isOpen = true;
  #wake: (() => void) | null = null;
  readonly #onText: ((text: string) => void) | null;

  private constructor(socket: Socket, onText: ((text: string) => void) | null) {
    this.#socket = socket;
    this.#onText = onText;
    this.closed = new Promise((resolve) =>
      socket.on('close', () => {
        this.#isOpen = false;
        this.#wake?.();
        resolve();
      }),
    );
    socket.on('data', (chunk) => this.#take(chunk));
  }

  /**
   * Null when it was refused.
   *
   * @param head more lines of the request. @param onText given each text, of which then only the first is kept.
   */
  static open(port: number, head = '', onText: ((text: string) => void) | null = null): Promise<RawClient | null> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on('error', () => {});
    socket.write(
      `GET /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n` +
        `sec-websocket-version: 13\r\nsec-websocket-key: ${randomBytes(16).toString('base64')}\r\n` +
        `sec-websocket-protocol: graphql-transport-ws\r\n${head}\r\n`,
    );
    return new Promise((resolve) => {
      let answer = Buffer.alloc(0);
      const take = (chunk: Buffer) => {
        answer = Buffer.concat([answer, chunk]);
        const end = answer.indexOf('\r\n\r\n');
        if (end === -1) return;
        socket.off('data', take);
        if (!answer.subarray(0, end).includes(' 101 ')) {
          socket.destroy();
          return resolve(null);
        }
        const client = new RawClient(socket, onText);
        client.#take(answer.subarray(end + 4));
        resolve(client);
      };
      socket.on('data', take);
      socket.on('close', () => resolve(null));
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  send(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  text(text: string): void {
    this.send(frame({ opcode: OPCODE.text, payload: Buffer.from(text) }));
  }

  /** Whether such a message comes, or has come, before the socket ends or the time is over. */
  async hears(wanted: (text: string) => boolean, within: number): Promise<boolean> {
    const until = performance.now() + within;
    while (!this.messages.some(wanted)) {
      const left = until - performance.now();
      if (left <= 0 || !this.#isOpen) return false;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, left).unref();
      });
    }
    return true;
  }

  pause(): void {
    this.#socket.pause();
  }

  /** With a reset instead of an end. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    const data = this.#pending.length > 0 ? Buffer.concat([this.#pending, chunk]) : chunk;
    let at = 0;
    while (data.length - at >= 2) {
      const short = data[at + 1]! & 0x7f;
      const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
      if (data.length - at < 2 + extended) break;
      const from = at + 2 + extended;
      const length =
        extended === 0 ? short : extended === 2 ? data.readUInt16BE(at + 2) : Number(data.readBigUInt64BE(at + 2));
      if (data.length < from + length) break;
      const opcode = data[at]! & 0x0f;
      const payload = data.subarray(from, from + length);
      if (opcode === OPCODE.text) {
        const text = payload.toString();
        this.#onText?.(text);
        if (!this.#onText || this.messages.length === 0) this.messages.push(text);
      }
      if (opcode === OPCODE.ping) this.send(frame({ opcode: OPCODE.pong, payload }));
      if (opcode === OPCODE.close) this.closeCode = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      at = from + length;
    }
    this.#pending = Buffer.from(data.subarray(at));
    this.#wake?.();
  }
}
