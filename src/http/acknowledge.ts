import type { ServerResponse } from 'node:http';
import type { HookcastError } from '../errors.ts';
import { HTTP } from '../errors.ts';
import type { Receipt } from '../ingest/receipt.ts';
import { headersOf, sendJson, sendProblem, sendText } from './problem.ts';

type Answer = NonNullable<Receipt['challenge']>;
/** The answer that a source's sender expects. Undefined if it takes the usual one. */
type Acknowledgement = { readonly status?: number; readonly body?: string | null } | undefined;

/** Headers with which no browser takes a text for a page: a stranger may have written the text. */
const PLAIN = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' } as const;

/** Answers that a delivery was taken, in the form that its sender expects. */
export function acknowledge(response: ServerResponse, receipt: Receipt, reply: Acknowledgement): void {
  const { status = 200, body } = reply ?? {};
  if (status === 204 || body === null) return sendNothing(response, status);
  if (body === undefined) return sendJson(response, status, receipt);
  sendText(response, status, body, PLAIN);
}

/** Answers the question by which a sender checks the address. */
export function answerChallenge(response: ServerResponse, { status = 200, headers = {}, body }: Answer): void {
  if (body === null) return sendNothing(response, status, headers);
  sendText(response, status, body, { ...PLAIN, ...headers });
}

/** Answers that a delivery was refused: with a problem, unless its sender takes no body. */
export function refuse(
  response: ServerResponse,
  error: HookcastError,
  headers: Record<string, string>,
  reply: Acknowledgement,
): void {
  if (reply?.body !== null) return sendProblem(response, error, headers);
  sendNothing(response, HTTP[error.code].status, { ...headersOf(error), ...headers });
}

function sendNothing(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, status === 204 ? headers : { 'content-length': 0, ...headers }).end();
}
