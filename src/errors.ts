/**
 * Every reason for which hookcast refuses something. The list is closed: each error that clients see has one of these codes. `HTTP`
 * below has a row for each.
 */
export type Code =
  | 'MALFORMED_DELIVERY'
  | 'SIGNATURE_INVALID'
  | 'UNKNOWN_SOURCE'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'BODY_TOO_LARGE'
  | 'ENCODING_UNSUPPORTED'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'NOT_ACCEPTABLE'
  | 'OVERLOADED'
  | 'TOO_MANY_REQUESTS'
  | 'TIMED_OUT'
  | 'LOG_UNAVAILABLE'
  | 'SOURCE_PAUSED'
  | 'UNAUTHENTICATED'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_REVOKED'
  | 'TOKEN_NOT_YET_VALID'
  | 'KEYS_UNAVAILABLE'
  | 'FORBIDDEN'
  | 'ORIGIN_NOT_ALLOWED'
  | 'UPGRADE_REQUIRED'
  | 'BAD_REQUEST'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'DOCUMENT_TOO_LARGE'
  | 'DOCUMENT_NOT_TRUSTED'
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'ANSWER_TOO_LARGE'
  | 'INVALID_CURSOR'
  | 'CURSOR_EXPIRED'
  | 'INTERNAL';

/** An error whose message may be shown to the caller. It says what to do next, and contains no secret and no personal data. */
export class HookcastError extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HookcastError';
    this.code = code;
  }
}

/** For HTTP: the status, and the title of the problem document (RFC 9457). */
export const HTTP: Record<Code, { status: number; title: string }> = {
  MALFORMED_DELIVERY: { status: 400, title: 'Not what the provider sends' },
  SIGNATURE_INVALID: { status: 401, title: 'The delivery could not be authenticated' },
  UNKNOWN_SOURCE: { status: 404, title: 'No such source' },
  NOT_FOUND: { status: 404, title: 'Nothing here' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Method not allowed' },
  BODY_TOO_LARGE: { status: 413, title: 'Body too large' },
  ENCODING_UNSUPPORTED: { status: 415, title: 'Content encoding not supported' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'Media type not supported' },
  NOT_ACCEPTABLE: { status: 406, title: 'No accepted form of answer' },
  OVERLOADED: { status: 503, title: 'Too much is waiting' },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests' },
  TIMED_OUT: { status: 503, title: 'It took too long' },
  SOURCE_PAUSED: { status: 503, title: 'The source is paused' },
  LOG_UNAVAILABLE: { status: 503, title: 'The log is unavailable' },
  UNAUTHENTICATED: { status: 401, title: 'No valid token' },
  TOKEN_EXPIRED: { status: 401, title: 'Token expired' },
  TOKEN_REVOKED: { status: 401, title: 'Token revoked' },
  // After a 401, clients would sign in anew, and get a token that is not valid yet either.
  TOKEN_NOT_YET_VALID: { status: 503, title: 'Token not valid yet' },
  KEYS_UNAVAILABLE: { status: 503, title: 'Tokens cannot be checked' },
  FORBIDDEN: { status: 403, title: 'Not allowed' },
  ORIGIN_NOT_ALLOWED: { status: 403, title: 'This origin is not allowed' },
  UPGRADE_REQUIRED: { status: 426, title: 'Upgrade required' },
  BAD_REQUEST: { status: 400, title: 'Bad request' },
  GRAPHQL_PARSE_FAILED: { status: 400, title: 'Not a GraphQL document' },
  GRAPHQL_VALIDATION_FAILED: { status: 400, title: 'The document does not fit the schema' },
  DOCUMENT_TOO_LARGE: { status: 400, title: 'The document asks for too much' },
  DOCUMENT_NOT_TRUSTED: { status: 403, title: 'Not one of the documents that are served' },
  // This asks the client back and is no failure. Apollo's client for iOS reads no answer with another status.
  PERSISTED_QUERY_NOT_FOUND: { status: 200, title: 'Send the text of the document' },
  ANSWER_TOO_LARGE: { status: 400, title: 'The answer would be too large' },
  INVALID_CURSOR: { status: 400, title: 'Not a cursor' },
  CURSOR_EXPIRED: { status: 410, title: 'Cursor no longer retained' },
  INTERNAL: { status: 500, title: 'Internal error' },
};

/** Whether another try may succeed. After TOKEN_EXPIRED, that is a try with a fresh token. */
export function mayPass(code: unknown): boolean {
  if (code === 'TOKEN_EXPIRED') return true;
  const status = Object.hasOwn(HTTP, String(code)) ? HTTP[code as Code].status : 0;
  return status === 429 || status >= 500;
}

/**
 * Close codes of the WebSocket. graphql-ws clients come back by themselves after 4403, 1012 and 1013 (with a fresh
 * token where `connectionParams` is a function) and give up after 4401.
 */
export const CLOSE = {
  UNAUTHENTICATED: { code: 4401, reason: 'Unauthorized' },
  TOKEN_EXPIRED: { code: 4403, reason: 'Token expired' },
  /** Clients give up after this code, since the same token would be refused again. */
  TOKEN_REVOKED: { code: 4401, reason: 'Token revoked' },
  RESTART: { code: 1012, reason: 'Service restart' },
  TRY_LATER: { code: 1013, reason: 'Try again later' },
  TOO_SLOW: { code: 1013, reason: 'Reading too slowly, resume with your cursor' },
} as const;

/** Gives a code to anything thrown. An error without a code becomes INTERNAL, and clients don't see its message. */
export function toHookcastError(thrown: unknown): HookcastError {
  if (thrown instanceof HookcastError) return thrown;
  return new HookcastError('INTERNAL', 'Something went wrong on our side; the log of the gateway has the details.', {
    cause: thrown,
  });
}

/** The fields of an error in a log line for operators. Only an unforeseen error (INTERNAL) needs its stack. */
export function forLog(thrown: unknown): Record<string, unknown> {
  const { code, message, cause } = toHookcastError(thrown);
  if (code === 'INTERNAL') return { err: thrown };
  if (cause instanceof HookcastError && cause.code === 'INTERNAL') return { code, err: cause.cause };
  return { code, reason: cause instanceof Error ? cause.message : message };
}
