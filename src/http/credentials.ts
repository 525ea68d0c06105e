import type { IncomingMessage } from 'node:http';
import type { Credentials } from '../auth/sign-in.ts';
import type { Origins } from './origins.ts';
import { readCookie } from './session-cookie.ts';

/**
 * What a request shows to say who sends it. A browser sends a cookie with requests that any page causes. So, whatever
 * ALLOWED_ORIGINS says, a cookie counts only if the browser says that the gateway's own page asked. Browsers name the origin with
 * each POST and each WebSocket.
 */
export function credentialsOf(request: IncomingMessage, origins: Origins): Credentials {
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined || cookie === undefined) return { authorization };
  const origin = origins.own(request);
  return { authorization, session: origin === null ? undefined : readCookie(request, 'session', origin) };
}
