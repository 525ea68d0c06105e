import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ConsoleFile } from './console-files.ts';
import { encodingFor } from './encoding.ts';

const FOR_A_YEAR = 'public, max-age=31536000, immutable';

/** Sends a file, compressed if the request allows it. If the client has it already, only 304 is sent. */
export async function sendFile(
  { headers }: IncomingMessage,
  response: ServerResponse,
  file: ConsoleFile,
): Promise<void> {
  const encoding = file.isText ? encodingFor(headers['accept-encoding']?.toString()) : null;
  const tag = file.tag(encoding);
  response.setHeader('etag', tag);
  if (file.isText) response.setHeader('vary', 'accept-encoding');
  if (file.isHashed) response.setHeader('cache-control', FOR_A_YEAR);
  if (isOneOf(tag, headers['if-none-match'])) return void response.writeHead(304).end();
  const body = await file.body(encoding);
  if (encoding !== null) response.setHeader('content-encoding', encoding);
  response.writeHead(200, { 'content-type': file.type, 'content-length': body.length });
  // Node sends no body for HEAD.
  response.end(body);
}

/** Whether the tag is among those asked for. They are compared weakly (RFC 9110, section 13.1.2): a proxy that compresses makes tags weak. */
function isOneOf(tag: string, asked = ''): boolean {
  return asked.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag);
}
