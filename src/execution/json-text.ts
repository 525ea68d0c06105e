import { parseExact } from '../events/exact-json.ts';

/**
 * The value of a JSON field as the text that is served. As objects, JSON of many small values would take twenty times the room,
 * and all of a page would be in memory at once.
 */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** If a result is written in another way than by `written`, it says the same. */
  toJSON(): unknown {
    return parseExact(this.text);
  }
}

/**
 * A text of somebody else's may hold line breaks, which would end a message of an event stream. Numbers stay as they are
 * written, also those that a double can't hold.
 */
function anew(text: string): string {
  let value: unknown;
  try {
    value = parseExact(text);
  } catch {
    // Not V8's error, which quotes what it stumbled over.
    throw new Error('the payload is not JSON');
  }
  return JSON.stringify(value);
}

/** Writes each value once, for all fields that ask for it: under thirty aliases it is still one text. */
export class JsonTexts {
  readonly #known = new WeakMap<object, JsonText>();

  /** Of a text that is JSON. @param owner what it is the only text of. */
  ofText(owner: object, text: string): JsonText {
    let known = this.#known.get(owner);
    if (!known) this.#known.set(owner, (known = new JsonText(anew(text))));
    return known;
  }

  /** Of an object or a list; of anything else, the value itself. */
  of(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || value instanceof JsonText) return value;
    let text = this.#known.get(value);
    if (!text) this.#known.set(value, (text = new JsonText(JSON.stringify(value))));
    return text;
  }
}
