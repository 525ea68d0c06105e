import type { IncomingMessage, ServerResponse } from 'node:http';
import { HookcastError } from '../errors.ts';
import type { ProviderSignIn } from './provider-sign-in.ts';
import type { SignIns } from './sign-in.ts';

export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface AuthOptions {
  /** Null if there is no console to sign in to. */
  readonly signIns: SignIns | null;
  readonly provider: ProviderSignIn;
  readonly exchange: Handle;
}

/**
 * The paths at which people sign in, and at which tokens are exchanged. Null for other paths. The console's are below `/console`, so
 * that a proxy which passes on the console passes on these as well. If a browser opens such an address, it gets the page.
 */
export function auth({ signIns, provider, exchange }: AuthOptions): (method: string, path: string) => Handle | null {
  const handles = new Map<string, Handle>();
  if (signIns) {
    handles.set('POST /console/session', (...asked) => signIns.begin(...asked));
    handles.set('PUT /console/session', (...asked) => signIns.look(...asked));
    handles.set('DELETE /console/session', (...asked) => signIns.end(...asked));
    handles.set('DELETE /console/sessions', (...asked) => signIns.endAll(...asked));
    handles.set('POST /console/provider', (...asked) => provider.begin(...asked));
    handles.set('GET /console/callback', (...asked) => provider.end(...asked));
  }
  const ownPage = (handle: Handle): Handle => {
    return (request, response) => {
      response.setHeader('x-content-type-options', 'nosniff');
      response.setHeader('cross-origin-resource-policy', 'same-origin');
      return handle(request, response);
    };
  };
  return (method, path) => {
    if (path === '/auth/token') return method === 'POST' || method === 'OPTIONS' ? exchange : notAllowed;
    const handle = handles.get(`${method} ${path}`);
    return handle ? ownPage(handle) : null;
  };
}

async function notAllowed(_: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('allow', 'POST, OPTIONS');
  throw new HookcastError('METHOD_NOT_ALLOWED', 'Ask for a token with POST.');
}
