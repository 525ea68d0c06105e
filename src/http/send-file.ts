import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ConsoleFile } from './console-files.ts';
import { encodingFor } from './encoding.ts';

const FOR_A_YEAR = 'public, max-age=31536000, immutable';
/** A cache may keep it, if it asks each time whether it is still good. */
const ASKED_EACH_TIME = 'no-cache';

/** Sends a file, compressed if the request allows it. If the client has it already, only 304 is sent. */
export async function sendFile(
  { headers }: IncomingMessage,
  response: ServerResponse,
  file: ConsoleFile,
): Promise<void> {
  const encoding = file.isText ? encodingFor(headers['accept-encoding']?.toString()) : null;
  const tag = file.tag(encoding);
  // They are not set before they are sent: if the file can't be compressed, the error must not be kept for a year.
  const caching = {
    etag: tag,
    ...(file.isText && { vary: 'accept-encoding' }),
    'cache-control': file.isHashed ? FOR_A_YEAR : ASKED_EACH_TIME,
  };
  if (isOneOf(tag, headers['if-none-match'])) return void response.writeHead(304, caching).end();
  const body = await file.body(encoding);
  response.writeHead(200, {
    ...caching,
    ...(encoding !== null && { 'content-encoding': encoding }),
    'content-type': file.type,
    'content-length': body.length,
  });
  // Node sends no body for HEAD.
  response.end(body);
}

/** Whether the tag is among those asked for. They are compared weakly (RFC 9110, section 13.1.2): a proxy that compresses makes tags weak. */
function isOneOf(tag: string, asked = ''): boolean {
  return asked.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag);
}
