import { HookcastError } from '../errors.ts';
import { type JsonObject, decodeText, parseJson } from './payload.ts';

/** Why a provider's API gave no usable answer. */
export type ApiTrouble =
  /** The API rejects the key, or the key lacks the right. */
  | 'REFUSED'
  /** The API was called too often, or says when to call again. */
  | 'BUSY'
  /** The API can't be reached, takes too long, or failed. */
  | 'UNAVAILABLE'
  /** The answer is not in the documented form. */
  | 'NONSENSE';

/** An error of a provider's API. Its message says what an operator can do, and quotes nothing of the answer. */
export class ApiError extends Error {
  readonly trouble: ApiTrouble;
  /** How long to wait before the next request, in milliseconds; null if the API doesn't say. */
  readonly retryAfter: number | null;

  constructor(trouble: ApiTrouble, message: string, retryAfter: number | null = null) {
    super(message);
    this.name = 'ApiError';
    this.trouble = trouble;
    this.retryAfter = retryAfter;
  }
}

export interface ProviderApiOptions {
  /** The API's origin, such as `https://api.example.com`. No answer of the API can lead to another one. */
  readonly origin: string;
  /** Headers of each request, including the key. */
  readonly headers: Readonly<Record<string, string>>;
}

export type Parameters = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** How long one answer may take, in milliseconds, and how many bytes it may have, unpacked. */
const PATIENCE = 20_000;
const LARGEST = 8 * 1024 * 1024;
/** The bounds of the wait that an API can ask for, in milliseconds. */
const REST = { least: 1_000, most: 6 * 60 * 60 * 1000 };

/** A client of a provider's JSON API. */
export class ProviderApi {
  readonly #options: ProviderApiOptions;

  constructor(options: ProviderApiOptions) {
    this.#options = options;
  }

  /**
   * @param path of this origin, beginning with a slash.
   * @throws {ApiError} unless the answer is JSON, not too long, and in time.
   * @throws the signal's reason, if the signal ends the request.
   */
  async get(path: string, parameters: Parameters, signal: AbortSignal): Promise<JsonObject | readonly unknown[]> {
    const { origin, headers } = this.#options;
    const url = new URL(path, origin);
    for (const [name, value] of Object.entries(parameters)) {
      for (const one of [value ?? []].flat()) url.searchParams.append(name, String(one));
    }
    const late = AbortSignal.timeout(PATIENCE);
    try {
      const response = await fetch(url, {
        headers: { accept: 'application/json', ...headers },
        // A redirect would take the key to any host that the answer names.
        redirect: 'error',
        signal: AbortSignal.any([signal, late]),
      });
      if (!response.ok) {
        await response.body?.cancel().catch(() => {});
        throw refusalOf(response, path);
      }
      return jsonOf(await bytesOf(response, path), path);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ApiError) throw error;
      if (late.aborted)
        throw new ApiError('UNAVAILABLE', `${path} did not answer completely within ${PATIENCE / 1000} seconds.`);
      throw new ApiError('UNAVAILABLE', `${path} can't be reached (${reasonOf(error)}).`);
    }
  }
}

function refusalOf({ status, headers }: Response, path: string): ApiError {
  const retryAfter = restOf(headers.get('retry-after'));
  if (status === 429) return new ApiError('BUSY', `${path} was asked too often (429).`, retryAfter);
  if (status === 401 || status === 403)
    return new ApiError('REFUSED', `${path} does not accept the key (${status}): check the key and its permissions.`);
  if (status >= 500) return new ApiError('UNAVAILABLE', `${path} failed (${status}).`, retryAfter);
  return new ApiError('NONSENSE', `${path} answered ${status}, which is not documented for this request.`);
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function restOf(header: string | null): number | null {
  if (header === null) return null;
  const rest = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(rest) ? null : Math.min(Math.max(rest, REST.least), REST.most);
}

/** The bytes are counted after decompression: a small answer may unpack to a large one. */
async function bytesOf(response: Response, path: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > LARGEST) throw new ApiError('NONSENSE', `${path} answered more than ${LARGEST / 1024 / 1024} MB.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function jsonOf(bytes: Buffer, path: string): JsonObject | readonly unknown[] {
  let value: unknown;
  try {
    value = parseJson(decodeText(bytes));
  } catch (error) {
    // Bytes that are not UTF-8 are no JSON.
    if (!(error instanceof HookcastError)) throw error;
  }
  if (typeof value === 'object' && value !== null) return value as JsonObject | readonly unknown[];
  throw new ApiError('NONSENSE', `${path} answered with invalid or incomplete JSON.`);
}

/** Node's code of the error, such as `ECONNREFUSED`. The message is left out, since it may hold an address with a secret. */
function reasonOf(error: unknown): string {
  const { cause, name } = error as { cause?: { code?: unknown }; name?: string };
  return typeof cause?.code === 'string' ? cause.code : (name ?? 'Error');
}
