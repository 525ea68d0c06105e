import { type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { identify } from '../telemetry/request-id.ts';

/** The `cache-control` of every answer, unless it is a file of the console, or the client as a module. */
export const NOT_STORED = 'no-store';

type Given = OutgoingHttpHeaders | OutgoingHttpHeader[];

/**
 * An answer with the headers that every answer has: the request's id, and that no cache may keep it. Caches keep answers without
 * `cache-control`: Varnish keeps those of 200 and 404 for two minutes, so that it went on saying that an ended gateway was ready.
 *
 * The headers are added in `writeHead`, and not by `setHeader` before: checking, copying and finding headers one by one takes twice
 * as long as writing all of them at once, and every delivery has an answer.
 */
export class Reply extends ServerResponse {
  requestId = '';
  /** Whether the connection is closed after this answer. */
  isLast = false;
  #hasOwn = false;

  override setHeader(name: string, value: number | string | readonly string[]): this {
    this.#hasOwn = true;
    return super.setHeader(name, value);
  }

  override writeHead(status: number, message?: string, given?: Given): this;
  override writeHead(status: number, given?: Given): this;
  override writeHead(status: number, message?: string | Given, behind?: Given): this {
    if (typeof message === 'string') this.statusMessage = message;
    const headers = listOf(typeof message === 'object' ? message : behind);
    let isCached = false;
    let isConnected = false;
    for (let at = 0; at < headers.length; at += 2) {
      const lower = String(headers[at]).toLowerCase();
      if (lower === 'cache-control') isCached = true;
      else if (lower === 'connection') isConnected = true;
    }
    // What Node answers by itself had no id yet.
    headers.push('x-request-id', this.requestId || identify(this.req.headers));
    if (!isCached && !(this.#hasOwn && this.hasHeader('cache-control'))) headers.push('cache-control', NOT_STORED);
    if (this.isLast && !isConnected && !(this.#hasOwn && this.hasHeader('connection')))
      headers.push('connection', 'close');
    // If no header was set before, all are written as one list. Otherwise each replaces a header of the same name that was set before.
    if (!this.#hasOwn) return super.writeHead(status, headers);
    for (let at = 0; at < headers.length; at += 2) super.setHeader(String(headers[at]), headers[at + 1]!);
    return super.writeHead(status);
  }
}

/** The headers as a list of names and values in turn. */
function listOf(given: Given | undefined): OutgoingHttpHeader[] {
  if (Array.isArray(given)) return [...given];
  const headers: OutgoingHttpHeader[] = [];
  for (const name in given) {
    const value = given[name];
    if (value !== undefined) headers.push(name, value);
  }
  return headers;
}

/** The id that the request was given. */
export function requestIdOf(response: ServerResponse): string {
  return response instanceof Reply ? response.requestId : '';
}
