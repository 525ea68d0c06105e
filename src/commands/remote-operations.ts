import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { HookcastError } from '../errors.ts';
import { isLoopback } from '../loopback.ts';
import { type Operations, dataIn } from './operations.ts';
import { CommandError, type Terminal } from './terminal.ts';

/**
 * How long a gateway may take to answer, in milliseconds. The answer to an erasure comes when it is done. `fetch` gives up
 * after 300 seconds.
 */
const PATIENCE = 290_000;
/** The statuses by which proxies say that the gateway did not answer in time. */
const GAVE_UP = [504, 524];
/** How often a request is repeated if the gateway limits the rate of each token. Each repetition waits a second. */
const AGAIN = 60;

/** The scopes and tenants that a command's token must have. */
export type TokenNeeds = 'ops for every tenant' | 'events:read';
const EXAMPLE: Record<TokenNeeds, string> = {
  'ops for every tenant': "'*' --scope ops",
  'events:read': 'eduzz:40021 --scope events:read',
};

/**
 * Operations on a remote gateway; null if HOOKCAST_URL names none.
 *
 * @param scopes what the token must have.
 */
export function remoteOperations({ env }: Terminal, scopes: TokenNeeds): Operations | null {
  const given = env['HOOKCAST_URL']?.trim();
  if (!given) return null;
  const url = endpointOf(given, env['HOOKCAST_PLAIN_HTTP'] === 'on');
  const authorization = `Bearer ${readToken(env, scopes)}`;
  return {
    async ask<T>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> {
      const body = JSON.stringify({ query, variables });
      for (let tries = 1; ; tries += 1) {
        const text = await post(url, authorization, body);
        try {
          return dataIn(text) as T;
        } catch (error) {
          const isTooFast = error instanceof HookcastError && error.code === 'TOO_MANY_REQUESTS';
          if (!isTooFast || tries === AGAIN) throw error;
          await setTimeout(1_000);
        }
      }
    },
  };
}

/** @throws {CommandError} if the text is no URL, or if the token would be sent to it unencrypted. */
function endpointOf(given: string, mayBePlain: boolean): string {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new CommandError(
      'HOOKCAST_URL, or --url: expected the address of a gateway, such as https://hooks.example.com.',
    );
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol === 'http:' && !isLoopback(host) && !mayBePlain) {
    throw new CommandError(
      `Anybody on the network path could read the token, since ${url.origin} is not encrypted. Use https; or, inside a network that you trust, ` +
        'say --plain-http, or set HOOKCAST_PLAIN_HTTP=on.',
    );
  }
  // The address of the console is the one that people have at hand.
  const path = url.pathname.replace(/\/+$/, '').replace(/\/(?:graphql|console)$/, '');
  return `${url.origin}${path}/graphql`;
}

function readToken(env: Terminal['env'], scopes: TokenNeeds): string {
  const file = env['HOOKCAST_TOKEN_FILE']?.trim();
  const token = file ? textOf(file) : (env['HOOKCAST_TOKEN']?.trim() ?? '');
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return token;
  throw new CommandError(
    `${file ? `${file === '-' ? 'Standard input' : `The file ${file}`} holds no token. ` : ''}A token with the scope ${scopes} is needed: put it into a file and name it with --token-file (- is standard input), or ` +
      `set HOOKCAST_TOKEN. "hookcast token issue --for NAME --tenant ${EXAMPLE[scopes]}", beside the log, makes one.`,
  );
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8').trim();
  } catch (error) {
    throw new CommandError(`The file of the token, ${file}, can't be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

/** @throws {CommandError} when there is no answer, or one that is not from a gateway. */
async function post(url: string, authorization: string, body: string): Promise<string> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', authorization },
      body,
      // The token must go to no other address.
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    });
    text = await response.text();
  } catch (error) {
    const { name, cause } = error as Error;
    if (name === 'TimeoutError') throw tooLate(`The gateway did not answer within ${PATIENCE / 1000} seconds`);
    const why = (cause as NodeJS.ErrnoException | undefined)?.code ?? 'no connection';
    throw new CommandError(`No gateway answers at ${url} (${why}). Check --url, or HOOKCAST_URL.`);
  }
  if (isAnswer(text)) return text;
  if (GAVE_UP.includes(response.status))
    throw tooLate(`A proxy before the gateway did not wait for its answer (${response.status})`);
  throw new CommandError(
    `${url} answers ${response.status}, which is not the answer of a gateway. Check --url, or HOOKCAST_URL.`,
  );
}

function tooLate(what: string): HookcastError {
  return new HookcastError('TIMED_OUT', `${what}. See whether it was done before you ask for it again.`);
}

function isAnswer(text: string): boolean {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer);
  } catch {
    return false;
  }
}
