interface JsonWithSource {
  /** Missing before Chromium 114, Safari 18.4 and Firefox 135. */
  readonly rawJSON?: (text: string) => object;
}

const { rawJSON } = JSON as JsonWithSource;

/** Matches a number that a double may not hold. A false match only costs a slower parse. */
const MAY_LOSE = /[:[,]\s*-?([\d.]{16}|[\d.]+e)/i;

/**
 * The value of a JSON text. A number that a double can't hold becomes a value that `JSON.stringify` writes unchanged, so that a payload is
 * shown as it was sent.
 *
 * @throws {SyntaxError}
 */
export function parseExact(text: string): unknown {
  if (!rawJSON || !MAY_LOSE.test(text)) return JSON.parse(text);
  const keepText = (_name: string, value: unknown, context?: { readonly source?: string }) => {
    const source = context?.source;
    return typeof value === 'number' && source !== undefined && String(value) !== source ? rawJSON(source) : value;
  };
  return JSON.parse(text, keepText);
}
