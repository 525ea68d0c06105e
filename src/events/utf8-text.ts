/** A noncharacter, which Unicode keeps out of text that is handed on (The Unicode Standard, 23.7). */
const MARK = '\uffff';

/**
 * Text that can be written as UTF-8 and read again. JSON may say half of a surrogate pair, for which UTF-8 has no form: each
 * would become U+FFFD, and two ids that differ in it one. So a half is written as a mark and its four digits, and a mark itself
 * too. All other text stays as it is.
 */
export function toUtf8Text(text: string): string {
  if (text.isWellFormed() && !text.includes(MARK)) return text;
  // With the flag for whole code points, a surrogate that has its other half is none.
  return text.replaceAll(/\uffff|\p{Surrogate}/gu, (unit) => MARK + unit.charCodeAt(0).toString(16));
}

/** The text as it was given. */
export function fromUtf8Text(text: string): string {
  if (!text.includes(MARK)) return text;
  return text.replaceAll(/\uffff([\da-f]{4})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
