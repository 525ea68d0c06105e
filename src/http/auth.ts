import type { IncomingMessage, ServerResponse } from 'node:http';
import { HookcastError } from '../errors.ts';
import type { ProviderSignIn } from './provider-sign-in.ts';
import type { SignIns } from './sign-in.ts';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface AuthOptions {
  /** Null where there is no console that somebody could sign in to. */
  readonly signIns: SignIns | null;
  readonly provider: ProviderSignIn;
  readonly exchange: Handle;
}

/** `/auth/` and what is below it, by method and path. */
export function auth({ signIns, provider, exchange }: AuthOptions) {
  const places: Readonly<Record<string, Readonly<Record<string, Handle>>>> = {
    ...(signIns && {
      '/auth/session': {
        POST: (...asked) => signIns.begin(...asked),
        PUT: (...asked) => signIns.look(...asked),
        DELETE: (...asked) => signIns.end(...asked),
      },
      '/auth/sessions': { DELETE: (...asked) => signIns.endAll(...asked) },
      '/auth/provider': { POST: (...asked) => provider.begin(...asked) },
      '/auth/callback': { GET: (...asked) => provider.end(...asked) },
    }),
    '/auth/token': { POST: exchange, OPTIONS: exchange },
  };
  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    const place = Object.hasOwn(places, path) ? places[path]! : null;
    if (!place) throw new HookcastError('NOT_FOUND', 'There is nothing at this path. Check the URL.');
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('cross-origin-resource-policy', path === '/auth/token' ? 'cross-origin' : 'same-origin');
    const { method = '' } = request;
    const handle = Object.hasOwn(place, method) ? place[method]! : null;
    if (handle) return handle(request, response);
    const methods = Object.keys(place).join(', ');
    response.setHeader('allow', methods);
    throw new HookcastError('METHOD_NOT_ALLOWED', `Ask for this with ${methods}.`);
  };
}
