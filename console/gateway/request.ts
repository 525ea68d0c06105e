import type { TadaDocumentNode } from 'gql.tada';
import { parseExact } from './exact.ts';
import { textOf } from './graphql.ts';
import type { Session } from './session.ts';
import type { SignedIn } from './sessions.ts';

/** An error of the gateway, or `UNREACHABLE` if it could not be reached. */
export class GatewayError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'GatewayError';
    this.code = code;
  }
}

export function toGatewayError(error: unknown): GatewayError {
  return error instanceof GatewayError ? error : new GatewayError('INTERNAL', String(error));
}

interface Answer<R> {
  readonly data?: R | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** Codes that a new token fixes. */
export const TOKEN_AT_FAULT: readonly string[] = ['UNAUTHENTICATED', 'TOKEN_EXPIRED', 'TOKEN_REVOKED'];

/**
 * Runs a query or a mutation.
 *
 * @throws {GatewayError} with the code of the first error, even if there is data beside it.
 */
export async function request<R, V>(
  session: Session,
  document: TadaDocumentNode<R, V>,
  variables: V,
  signal?: AbortSignal,
): Promise<R> {
  const { signedIn } = session.view;
  try {
    return await send<R>(signedIn, { query: textOf(document), variables }, signal);
  } catch (error) {
    if (error instanceof GatewayError && TOKEN_AT_FAULT.includes(error.code)) session.expire(signedIn);
    throw error;
  }
}

/** `unknown`: the gateway could not be asked, or can't answer now. */
export type Taken = 'taken' | 'expired' | 'refused' | 'unknown';

/** Whether the gateway accepts a token. Asked before the token replaces another, or signs anybody in. */
export async function isTaken(token: string): Promise<Taken> {
  try {
    await send({ token }, { query: '{ __typename }' });
  } catch (error) {
    const code = error instanceof GatewayError ? error.code : 'INTERNAL';
    if (code === 'TOKEN_EXPIRED') return 'expired';
    if (TOKEN_AT_FAULT.includes(code)) return 'refused';
    // A token fixes no other error. The page shows the error when it asks for more.
    return 'unknown';
  }
  return 'taken';
}

/** Without a token, the session of this browser signs in. */
async function send<R>(by: Pick<SignedIn, 'token'> | null, body: object, signal?: AbortSignal): Promise<R> {
  const token = by?.token ?? null;
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
    signal: signal ?? null,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new GatewayError('UNREACHABLE', '');
  });
  const { data, errors } = await answerOf<R>(response);
  const [error] = errors ?? [];
  if (!error && data) return data;
  const code =
    error?.extensions?.code ?? (response.status >= 502 && response.status <= 504 ? 'UNREACHABLE' : 'INTERNAL');
  throw new GatewayError(code, error?.message ?? '');
}

/** A proxy may answer with a page of its own. Problems (RFC 9457) are handled like GraphQL's errors. */
async function answerOf<R>(response: Response): Promise<Answer<R>> {
  const body = (await response
    .text()
    .then(parseExact)
    .catch(() => null)) as (Answer<R> & { code?: string; detail?: string }) | null;
  if (!body) return {};
  if (body.data !== undefined || body.errors) return body;
  return { errors: [{ message: body.detail ?? '', extensions: { ...(body.code && { code: body.code }) } }] };
}
