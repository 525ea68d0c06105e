/**
 * Writes text in a form that PostgreSQL takes. JSON may have NUL and lone surrogates; PostgreSQL refuses the first and UTF-8 the others.
 * So they are escaped with a backslash, and a backslash with a second one. Equal texts stay equal, and different texts stay different.
 */
export function toText(text: string): string {
  if (text.isWellFormed() && !text.includes('\0') && !text.includes('\\')) return text;
  return text.replaceAll(UNFIT, (unit) => (unit === '\\' ? '\\\\' : escaped(unit)));
}

export function fromText(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\(\\|u[0-9a-f]{4})/g, (_, said: string) =>
    said === '\\' ? '\\' : String.fromCharCode(Number.parseInt(said.slice(1), 16)),
  );
}

/** Does the same for JSON, with JSON's own escapes, so that the meaning stays the same. */
export function toJsonText(json: string): string {
  if (json.isWellFormed() && !json.includes('\0')) return json;
  return json.replaceAll(UNFIT, (unit) => (unit === '\\' ? unit : escaped(unit)));
}

/** Writes a list of texts as a PostgreSQL array. */
export function toTextArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
}

// Without the flag `u`, each half of a surrogate pair would match.
const UNFIT = /[\0\\]|\p{Surrogate}/gu;

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
