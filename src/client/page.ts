import { type Client, createClient } from 'graphql-ws';

/** What a page without a build step imports from its gateway, as `/client.js`. */
export { follow } from './follow.ts';

export interface Connection {
  /** Asked for anew for each connection if it is a function. */
  readonly token: string | (() => string | Promise<string>);
  /** Of the WebSocket. Unless given, `/graphql` of the gateway that served this module. */
  readonly url?: string;
}

/** A client of graphql-ws for `follow`. Nothing is opened before something is followed. */
export function connect({ token, url = besides(import.meta.url) }: Connection): Client {
  return createClient({
    url,
    // `follow` does that.
    retryAttempts: 0,
    connectionParams: async () => ({ authorization: `Bearer ${typeof token === 'string' ? token : await token()}` }),
  });
}

/** Below the same path, which a proxy may have put before it. */
function besides(module: string): string {
  return new URL('graphql', module).href.replace(/^http/, 'ws');
}
