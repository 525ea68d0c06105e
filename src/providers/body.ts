import {
  type JsonObject,
  type ParsedPayload,
  decodeText,
  isObject,
  keptOf,
  malformed,
  parseJson,
  parsePayload,
} from './payload.ts';

/** How a provider writes what it says. */
export interface BodyFormat {
  readonly contentType: string;
  /**
   * What verified bytes say.
   *
   * @throws {HookcastError} MALFORMED_DELIVERY when they are not of this format.
   */
  readonly read: (bytes: Buffer) => ParsedPayload;
  /** The same the other way round, for samples. */
  readonly write: (payload: JsonObject) => string;
}

/** A JSON object: what most providers send. */
export const jsonBody: BodyFormat = { contentType: 'application/json', read: parsePayload, write: JSON.stringify };

/** A form's fields, each as text; of one that is there several times the last counts, as in JSON. */
export const formBody: BodyFormat = {
  contentType: 'application/x-www-form-urlencoded',
  read(bytes) {
    const payload = parseForm(decodeText(bytes));
    if (!payload) throw malformed('The body is not form-urlencoded.');
    return keptOf(payload);
  },
  write: (payload) =>
    new URLSearchParams(
      Object.entries(payload).map(([name, value]): [string, string] => [name, String(value)]),
    ).toString(),
};

/**
 * What a template of the sender's own user may have made: a JSON object or a form as themselves, and anything else (a JSON list,
 * plain text, what only looks like JSON) as the member `body`. Nothing that is UTF-8 is turned away, so that nothing authentic is
 * lost.
 */
export const anyBody: BodyFormat = {
  contentType: 'application/json',
  read(bytes) {
    const text = decodeText(bytes);
    const value = parseJson(text);
    return keptOf(isObject(value) ? value : (parseForm(text) ?? { body: value ?? text }));
  },
  write: JSON.stringify,
};

/** A name, an equals sign, and no blank anywhere: what a form's encoder writes, and not much else. */
const FORM = /^[^\s{["'<=&][^\s=]*=\S*$/;

/** Characters of a form that are parsed at once: URLSearchParams takes time by the square of the fields (Node 24.21). */
const PIECE = 1024;

/** The fields of a form or a query, decoded, in their order. */
export function fieldsOfForm(text: string): [name: string, value: string][] {
  const fields: [string, string][] = [];
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('&', from + PIECE);
    const next = end === -1 ? text.length : end;
    // From the & on, since a question mark at the beginning would not count.
    new URLSearchParams(from === 0 ? `&${text.slice(0, next)}` : text.slice(from, next)).forEach((value, name) =>
      fields.push([name, value]),
    );
    from = next;
  }
  return fields;
}

function parseForm(text: string): JsonObject | null {
  return FORM.test(text) ? Object.fromEntries(fieldsOfForm(text)) : null;
}

/**
 * A JSON list as the member `body`, or a JSON object as itself: what senders post that tell of several events at once. `each`
 * then takes it apart: `({ body }) => body as unknown[]`.
 */
export const listBody: BodyFormat = {
  contentType: 'application/json',
  read(bytes) {
    const value = parseJson(decodeText(bytes));
    if (!Array.isArray(value) && !isObject(value)) throw malformed('The body is no JSON list and no JSON object.');
    return keptOf(isObject(value) ? value : { body: value as unknown[] });
  },
  write: (payload) => JSON.stringify(Array.isArray(payload['body']) ? payload['body'] : payload),
};
