import { setTimeout } from 'node:timers/promises';
import type { Kind, LinkOrder, Outcome } from './links.ts';
import { RawSocket } from './raw-socket.ts';
import { SUBSCRIPTION } from './servers.ts';

/**
 * Clients that lose their connection and come back. Whatever protocol they speak, a cut destroys their TCP socket, and they come back
 * as soon as the network does. So no library's pause between two tries is measured.
 */
interface Client {
  /** Resolves when the server has answered. A client of the gateway waits until it has caught up. */
  connect(): Promise<void>;
  cut(): void;
}
type Heard = (text: string) => void;

/** After how many milliseconds without a message the missing messages count as lost. */
const PATIENCE = 10_000;
/** The pause before another try, in milliseconds. The kernel refuses some clients if too many come at once. */
const AGAIN = 100;

const links: Link[] = [];
let heardAt = 0;
const now = () => performance.timeOrigin + performance.now();

class Link {
  readonly got = new Set<number>();
  readonly replays: number[] = [];
  twice = 0;
  cuts = 0;
  backAt = 0;
  connectedAt = 0;
  wholeAt = 0;
  readonly #client: Client;
  #cutAt = 0;
  #isCut = false;

  constructor(make: (heard: Heard) => Client) {
    this.#client = make((text) => this.#hear(text));
  }

  async connect(): Promise<void> {
    for (;;) {
      try {
        await this.#client.connect();
        this.connectedAt = now();
        return;
      } catch {
        await setTimeout(AGAIN);
      }
    }
  }

  cut(): void {
    this.#cutAt = now();
    this.#isCut = true;
    this.cuts += 1;
    this.#client.cut();
  }

  comeBack(): Promise<void> {
    this.#isCut = false;
    this.backAt = now();
    return this.connect();
  }

  #hear(text: string): void {
    // This process had this message already when the connection was cut.
    if (this.#isCut) return;
    const found = /"b(\d+)-([\d.]+)"/.exec(text);
    if (!found) return;
    const [number, sentAt] = [Number(found[1]), Number(found[2])];
    heardAt = now();
    if (this.got.has(number)) this.twice += 1;
    this.got.add(number);
    if (sentAt < this.#cutAt - 1_000 || sentAt > this.backAt) return;
    this.replays.push(heardAt - this.backAt);
    this.wholeAt = heardAt;
  }
}

/** A client of the gateway. It resumes after its cursor, as every client of the gateway does. */
class GatewayClient implements Client {
  readonly #url: string;
  readonly #token: string;
  readonly #heard: Heard;
  #cursor: string | null = null;
  #socket: RawSocket | null = null;

  constructor(url: string, token: string, heard: Heard) {
    this.#url = url;
    this.#token = token;
    this.#heard = heard;
  }

  async connect(): Promise<void> {
    const caughtUp = Promise.withResolvers<void>();
    const socket = await RawSocket.open(this.#url, 'graphql-transport-ws', (data) => {
      const text = data.toString();
      if (text.includes('"connection_ack"')) {
        const payload = { query: SUBSCRIPTION, variables: { after: this.#cursor } };
        return socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
      }
      if (text.includes('"ping"')) return socket.send('{"type":"pong"}');
      this.#heard(text);
      this.#cursor = /"cursor":"([^"]+)"/.exec(text)?.[1] ?? this.#cursor;
      if (text.includes('"CaughtUp"')) caughtUp.resolve();
    });
    this.#socket = socket;
    socket.onClose(() => caughtUp.reject(new Error('cut')));
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${this.#token}` } }));
    await caughtUp.promise;
  }

  cut(): void {
    this.#socket?.terminate();
  }
}

class PlainClient implements Client {
  readonly #url: string;
  readonly #heard: Heard;
  #socket: RawSocket | null = null;

  constructor(url: string, heard: Heard) {
    this.#url = url;
    this.#heard = heard;
  }

  async connect(): Promise<void> {
    this.#socket = await RawSocket.open(this.#url, null, (data) => this.#heard(data.toString()));
  }

  cut(): void {
    this.#socket?.terminate();
  }
}

/**
 * A client of Socket.IO (https://socket.io/docs/v4/engine-io-protocol/), with only the parts of the protocol that are needed here. It
 * sends its last session and the last offset, as socket.io-client does. A server without recovery ignores them.
 */
class SocketIoClient implements Client {
  readonly #url: string;
  readonly #heard: Heard;
  #socket: RawSocket | null = null;
  #session: string | null = null;
  #offset: unknown = null;

  constructor(url: string, heard: Heard) {
    this.#url = new URL('/socket.io/?EIO=4&transport=websocket', url).href;
    this.#heard = heard;
  }

  async connect(): Promise<void> {
    const connected = Promise.withResolvers<void>();
    // The server's first message may come with the handshake, before `opening` is settled.
    const opening = RawSocket.open(this.#url, null, (data) => {
      const text = data.toString();
      if (text.startsWith('42')) {
        const [, said, offset] = JSON.parse(text.slice(2)) as [string, string, unknown];
        this.#heard(said);
        this.#offset = offset ?? null;
      } else if (text.startsWith('40')) {
        this.#session = (JSON.parse(text.slice(2)) as { pid?: string }).pid ?? null;
        connected.resolve();
      } else if (text.startsWith('2')) void opening.then((socket) => socket.send('3'));
      else if (text.startsWith('0')) {
        const had = this.#session && JSON.stringify({ pid: this.#session, offset: this.#offset });
        void opening.then((socket) => socket.send(`40${had ?? ''}`));
      } else connected.reject(new Error(text));
    });
    const socket = await opening;
    this.#socket = socket;
    socket.onClose(() => connected.reject(new Error('cut')));
    await connected.promise;
  }

  cut(): void {
    this.#socket?.terminate();
  }
}

function clientOf(kind: Kind, url: string, token: string, heard: Heard): Client {
  switch (kind) {
    case 'gateway':
      return new GatewayClient(url, token, heard);
    case 'bare ws':
      return new PlainClient(url, heard);
    case 'socket.io':
      return new SocketIoClient(url, heard);
  }
}

let jittering = false;
const jitters: Promise<void>[] = [];

/** Cuts a client at a random moment, and then about every `every` milliseconds. */
async function jitter(link: Link, every: number, gap: number): Promise<void> {
  await setTimeout(Math.random() * every);
  while (jittering) {
    link.cut();
    await setTimeout(gap);
    await link.comeBack();
    await setTimeout((every - gap) * (0.8 + 0.4 * Math.random()));
  }
}

async function obey(order: LinkOrder): Promise<void> {
  switch (order.do) {
    case 'open': {
      const { kind, url, token, count } = order;
      for (let index = 0; index < count; index += 1) links.push(new Link((heard) => clientOf(kind, url, token, heard)));
      // 100 at once keep the machine busy. This part is not measured.
      const waiting = links.values();
      const work = async () => {
        for (const link of waiting) await link.connect();
      };
      await Promise.all(Array.from({ length: 100 }, work));
      break;
    }
    case 'jitter':
      jittering = true;
      for (const link of links) jitters.push(jitter(link, order.every, order.gap));
      break;
    case 'cut':
      for (const link of links) link.cut();
      break;
    case 'comeBack':
      await Promise.all(links.map((link) => link.comeBack()));
      break;
    case 'settle': {
      jittering = false;
      heardAt = now();
      const isWhole = () => links.every(({ got }) => got.size === order.messages);
      while (!isWhole() && now() - heardAt < PATIENCE) await setTimeout(20);
    }
  }
}

function outcome(messages: number): Outcome {
  const sum = (of: (link: Link) => number) => links.reduce((total, link) => total + of(link), 0);
  const latest = (of: (link: Link) => number) =>
    links.reduce((last, link) => Math.max(last, of(link) - link.backAt), 0);
  const delivered = sum(({ got }) => got.size);
  return {
    delivered,
    lost: messages * links.length - delivered,
    twice: sum(({ twice }) => twice),
    cuts: sum(({ cuts }) => cuts),
    replays: links.flatMap(({ replays }) => replays),
    connected: latest(({ connectedAt }) => connectedAt),
    whole: latest(({ connectedAt, wholeAt }) => Math.max(connectedAt, wholeAt)),
  };
}

process.on('message', (order: LinkOrder) => {
  obey(order).then(
    () => process.send?.(outcome(order.do === 'settle' ? order.messages : 0)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit());
