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

/** The format of a provider's bodies. */
export interface BodyFormat {
  readonly contentType: string;
  /**
   * Parses verified bytes.
   *
   * @throws {HookcastError} MALFORMED_DELIVERY when they are not of this format.
   */
  readonly read: (bytes: Buffer) => ParsedPayload;
  /** Writes a payload in this format, for samples. */
  readonly write: (payload: JsonObject) => string;
}

/** A JSON object: what most providers send. */
export const jsonBody: BodyFormat = { contentType: 'application/json', read: parsePayload, write: JSON.stringify };

/** A form's fields, each as text. If a field occurs several times, the last one counts, as in JSON. */
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
 * A body that the sender's user may have formatted with a template. A JSON object or a form is parsed as such; anything else (a
 * JSON list, plain text, or text that only looks like JSON) becomes the member `body`. All UTF-8 is accepted, so that nothing
 * authentic is lost.
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

/** A name, an equals sign, and no blank: what encoders of forms write, and little else. */
const FORM = /^[^\s{["'<=&][^\s=]*=\S*$/;

/**
 * How many characters of a form are parsed at once: URLSearchParams takes time that grows with the square of the fields (Node
 * 24.21).
 */
const PIECE = 1024;

/** The fields of a form or a query, decoded, in their order. */
export function fieldsOfForm(text: string): [name: string, value: string][] {
  const fields: [string, string][] = [];
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('&', from + PIECE);
    const next = end === -1 ? text.length : end;
    // Each piece begins with &, since URLSearchParams drops a question mark at the beginning.
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
 * A JSON list as the member `body`, or a JSON object as itself: for senders that post several events at once. `each` then takes
 * the list apart: `({ body }) => body as unknown[]`.
 */
export const listBody: BodyFormat = {
  contentType: 'application/json',
  read(bytes) {
    const value = parseJson(decodeText(bytes));
    if (!Array.isArray(value) && !isObject(value))
      throw malformed('The body is neither a JSON list nor a JSON object.');
    return keptOf(isObject(value) ? value : { body: value as unknown[] });
  },
  write: (payload) => JSON.stringify(Array.isArray(payload['body']) ? payload['body'] : payload),
};
