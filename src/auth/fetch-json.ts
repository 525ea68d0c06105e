import { z } from 'zod';

/** How long an answer may take, in milliseconds, and how many bytes it may have. */
const PATIENCE = 5_000;
const LARGEST = 256 * 1024;

/** The other side could not be reached, or its answer can't be read. */
export class FetchError extends Error {
  /** OAuth's name of the error (RFC 6749, section 5.2). Null if the answer names none. */
  readonly error: string | null;

  constructor(message: string, error: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FetchError';
    this.error = error;
  }
}

/** A request that is more than an address. */
export interface Asked {
  readonly method?: 'POST';
  readonly body?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
}

const oauthError = z.object({ error: z.string().regex(/^[\w.-]{1,60}$/) });

/**
 * Fetches an identity provider's answer and checks it. No redirect is followed: only the host that the settings name is asked.
 *
 * @throws {FetchError}
 */
export async function fetchJson<S extends z.ZodType>(url: string, schema: S, init: Asked = {}): Promise<z.infer<S>> {
  const { host, pathname } = new URL(url);
  const from = `${host}${pathname}`;
  let response: Response;
  let value: unknown;
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    response = await fetch(url, {
      ...init,
      redirect: 'error',
      signal,
      headers: { accept: 'application/json', ...init.headers },
    });
    value = JSON.parse(await textOf(response));
  } catch (cause) {
    throw new FetchError(`${from} gave an unreadable answer`, null, { cause });
  }
  if (!response.ok) {
    const said = oauthError.safeParse(value);
    throw new FetchError(`${from} answered ${response.status}`, said.success ? said.data.error : null);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new FetchError(`the answer of ${from} does not fit: ${issue?.path.join('.')} ${issue?.message}`);
}

async function textOf({ body }: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body ?? []) {
    length += piece.length;
    if (length > LARGEST) throw new RangeError(`more than ${LARGEST} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
