import { type Client, createClient } from 'graphql-ws';

/** What a page without a build step imports from its gateway, as `/client.js`. */
export { follow } from './follow.ts';

export interface Connection {
  /** If it is a function, then it is called for each connection. */
  readonly token: string | (() => string | Promise<string>);
  /** The WebSocket's URL. Default: `/graphql` of the gateway that served this module. */
  readonly url?: string;
}

/** Makes a client of graphql-ws for `follow`. It opens no connection before something is followed. */
export function connect({ token, url = besides(import.meta.url) }: Connection): Client {
  return createClient({
    url,
    // `follow` tries again by itself.
    retryAttempts: 0,
    connectionParams: async () => ({ authorization: `Bearer ${typeof token === 'string' ? token : await token()}` }),
  });
}

/** The WebSocket's URL, below the same path as the module: a proxy may have put a path before both. */
function besides(module: string): string {
  return new URL('graphql', module).href.replace(/^http/, 'ws');
}
