import { CloseCode, handleProtocols } from 'graphql-ws';
import type { WebSocket } from 'ws';

/**
 * The name of the protocol of the package subscriptions-transport-ws, which was given up in 2021. Some tools (Altair) still ask for it
 * by default. The package that is called graphql-ws speaks `graphql-transport-ws`.
 */
const FORMER = 'graphql-ws';
const CHOOSE = 'Choose the WebSocket protocol graphql-transport-ws. This gateway does not speak graphql-ws.';
export const NOT_SPOKEN: number = CloseCode.SubprotocolNotAcceptable;
/** How long a socket may take to close by itself, in milliseconds. */
const CLOSING = 2_000;

/** The protocol for the handshake, which may be the former one. False if none of those offered is known. */
export function protocolFor(offered: ReadonlySet<string> | string): string | false {
  const names = typeof offered === 'string' ? new Set(offered.split(',').map((name) => name.trim())) : offered;
  return handleProtocols(new Set(names)) || (names.has(FORMER) && FORMER);
}

export function isFormer({ protocol }: WebSocket): boolean {
  return protocol === FORMER;
}

/**
 * Tells the client which protocol to choose, in a message of the former protocol and in the close. A browser tells its page nothing of
 * a refused handshake, so that the page would go on trying for ever without knowing why.
 */
export function refuseFormer(webSocket: WebSocket): void {
  webSocket.on('error', () => {});
  webSocket.send(JSON.stringify({ type: 'connection_error', payload: { message: CHOOSE } }));
  webSocket.close(NOT_SPOKEN, CHOOSE);
  setTimeout(() => webSocket.terminate(), CLOSING).unref();
}
