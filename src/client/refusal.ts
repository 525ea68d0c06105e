export interface FieldError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Record<string, unknown>;
}

/** Codes of errors that another try may not meet. */
const PASSING = [
  'KEYS_UNAVAILABLE',
  'LOG_UNAVAILABLE',
  'OVERLOADED',
  'TOO_MANY_REQUESTS',
  'TIMED_OUT',
  'TOKEN_EXPIRED',
  'TOKEN_NOT_YET_VALID',
  'INTERNAL',
];
/** Codes of errors that every further try would meet. */
const FINAL = [
  'UNAUTHENTICATED',
  'TOKEN_REVOKED',
  'FORBIDDEN',
  'ORIGIN_NOT_ALLOWED',
  'UPGRADE_REQUIRED',
  'BAD_REQUEST',
  'METHOD_NOT_ALLOWED',
  'UNSUPPORTED_MEDIA_TYPE',
  'NOT_ACCEPTABLE',
  'BODY_TOO_LARGE',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'DOCUMENT_TOO_LARGE',
  'DOCUMENT_NOT_TRUSTED',
  'PERSISTED_QUERY_NOT_FOUND',
  'ANSWER_TOO_LARGE',
  'INVALID_CURSOR',
  'CURSOR_EXPIRED',
  // The codes of other gateways in between.
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_ID_NOT_FOUND',
];
const FINAL_CLOSES = [4400, 4401, 4406, 4409, 4429];
/** The code with which graphql-ws closes a connection that was terminated. */
const TERMINATED = 4499;

/**
 * Whether another try may succeed. Null if the error doesn't say: another gateway in between may hide the code. `error` is a list
 * of GraphQL errors, the event of a close, or the error of a network failure.
 */
export function judge(error: unknown): boolean | null {
  if (!Array.isArray(error)) return !FINAL_CLOSES.includes(closeCodeOf(error));
  const codes = error.map(codeOf);
  if (codes.some((code) => PASSING.includes(code))) return true;
  return codes.some((code) => FINAL.includes(code)) ? false : null;
}

/** Whether another try may succeed. True if the error doesn't say. */
export function mayPass(error: unknown): boolean {
  return judge(error) ?? true;
}

export function isExpiry(errors: unknown): boolean {
  return Array.isArray(errors) && errors.some((error) => codeOf(error) === 'TOKEN_EXPIRED');
}

/** The cursor of an event that could not be sent (ANSWER_TOO_LARGE). The stream goes on after it. */
export function cursorIn(errors: readonly unknown[] | undefined): string | null {
  const cursors = (errors ?? []).map((error) => (error as FieldError).extensions?.['cursor']);
  return cursors.find((cursor) => typeof cursor === 'string') ?? null;
}

export function closeCodeOf(error: unknown): number {
  return typeof error === 'object' && error !== null && 'code' in error ? Number(error.code) : 0;
}

/** The failure as an error with a message that people can read. */
export function toError(error: unknown): Error {
  if (Array.isArray(error)) return new Error(error.map(({ message }: FieldError) => message).join('; '));
  const { message = '', reason = '' } = Object(error) as { message?: string; reason?: string };
  const code = closeCodeOf(error);
  if (code === TERMINATED) return new Error('The gateway sent nothing any more, so the connection was given up.');
  if (error instanceof Error) return error;
  if (code > 0 && code !== 1006) return new Error(`The gateway closed the connection: ${code} ${reason}`.trimEnd());
  return new Error(message ? `The gateway can't be reached: ${message}` : "The gateway can't be reached.");
}

function codeOf(error: { readonly extensions?: Record<string, unknown> }): string {
  return String(error.extensions?.['code']);
}

export function hasCode(errors: unknown, code: string): boolean {
  return Array.isArray(errors) && errors.some((error: FieldError) => codeOf(error) === code);
}
