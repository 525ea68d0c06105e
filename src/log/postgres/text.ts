/**
 * Text as PostgreSQL takes it. JSON may say NUL and lone surrogates, PostgreSQL refuses the one and UTF-8 the others; so
 * they are written with a backslash, and a backslash with another one. Equal texts stay equal, and others stay others.
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

/** JSON has its own way to write the same, and means the same by it. */
export function toJsonText(json: string): string {
  if (json.isWellFormed() && !json.includes('\0')) return json;
  return json.replaceAll(UNFIT, (unit) => (unit === '\\' ? unit : escaped(unit)));
}

/** A list of texts as PostgreSQL reads an array. */
export function toTextArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
}

// Without the flag for whole code points, a surrogate that has its other half would count as two.
const UNFIT = /[\0\\]|\p{Surrogate}/gu;

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
