import { CloseCode, handleProtocols } from 'graphql-ws';
import type { WebSocket } from 'ws';

/**
 * What the package subscriptions-transport-ws called its protocol, which it gave up in 2021. Some tools still ask for it unless they are
 * told otherwise (Altair), and the package that is called graphql-ws speaks `graphql-transport-ws`.
 */
const FORMER = 'graphql-ws';
const CHOOSE =
  'Choose the WebSocket protocol graphql-transport-ws. graphql-ws, which was asked for, is not spoken here.';
export const NOT_SPOKEN: number = CloseCode.SubprotocolNotAcceptable;
/** How long a socket may take to close by itself, in milliseconds. */
const CLOSING = 2_000;

/** The protocol to shake hands for. False where there is none that could be spoken, not even to say so. */
export function protocolFor(offered: ReadonlySet<string> | string): string | false {
  const names = typeof offered === 'string' ? new Set(offered.split(',').map((name) => name.trim())) : offered;
  return handleProtocols(new Set(names)) || (names.has(FORMER) && FORMER);
}

export function isFormer({ protocol }: WebSocket): boolean {
  return protocol === FORMER;
}

/**
 * Says which protocol to choose, in the former protocol's own words and in the close. A browser shows nothing of a handshake that is
 * refused, so that its page would go on trying for ever without knowing why.
 */
export function refuseFormer(webSocket: WebSocket): void {
  webSocket.on('error', () => {});
  webSocket.send(JSON.stringify({ type: 'connection_error', payload: { message: CHOOSE } }));
  webSocket.close(NOT_SPOKEN, CHOOSE);
  setTimeout(() => webSocket.terminate(), CLOSING).unref();
}
