import type { IncomingMessage } from 'node:http';
import type { Credentials } from '../auth/sign-in.ts';
import type { Origins } from './origins.ts';
import { readCookie } from './session-cookie.ts';

/**
 * What a request shows of who sends it. A browser sends a cookie along whoever has it send the request: so one counts only where the browser
 * says that the gateway's own page asked, whatever ALLOWED_ORIGINS has. Browsers name the origin with each POST and each WebSocket.
 */
export function credentialsOf(request: IncomingMessage, origins: Origins): Credentials {
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined || cookie === undefined) return { authorization };
  const origin = origins.own(request);
  return { authorization, session: origin === null ? undefined : readCookie(request, 'session', origin) };
}
