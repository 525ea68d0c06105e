import { parseExact } from '../events/exact-json.ts';

/**
 * The value of a JSON field, as the text that is served. As objects, JSON of many small values would take twenty times the
 * memory, for all events of a page at once.
 */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** If a result is not written by `written`, the JSON is the same. */
  toJSON(): unknown {
    return parseExact(this.text);
  }
}

/**
 * Writes a text of another sender again: it may hold line breaks, which would end a message of an event stream. Numbers keep
 * their text, even if a double can't hold them.
 */
function anew(text: string): string {
  let value: unknown;
  try {
    value = parseExact(text);
  } catch {
    // V8's error would quote the payload.
    throw new Error('the payload is not JSON');
  }
  return JSON.stringify(value);
}

/** Writes each value once for all fields that ask for it: under thirty aliases it is still one text. */
export class JsonTexts {
  readonly #known = new WeakMap<object, JsonText>();

  /** For a text that is JSON. @param owner the object whose only text it is. */
  ofText(owner: object, text: string): JsonText {
    let known = this.#known.get(owner);
    if (!known) this.#known.set(owner, (known = new JsonText(anew(text))));
    return known;
  }

  /** For an object or a list. Any other value is returned unchanged. */
  of(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || value instanceof JsonText) return value;
    let text = this.#known.get(value);
    if (!text) this.#known.set(value, (text = new JsonText(JSON.stringify(value))));
    return text;
  }
}
