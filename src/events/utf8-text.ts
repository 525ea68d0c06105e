/** A noncharacter, which Unicode excludes from text that is exchanged (The Unicode Standard, 23.7). */
const MARK = '\uffff';

/**
 * Text that can be written as UTF-8 and read again. JSON may hold half of a surrogate pair, which UTF-8 can't express: each
 * half would become U+FFFD, and two ids that differ in it would become one. So a half is written as a mark and its four hex
 * digits, and so is a mark itself. All other text stays as it is.
 */
export function toUtf8Text(text: string): string {
  if (text.isWellFormed() && !text.includes(MARK)) return text;
  // With the flag `u`, a surrogate that has its other half doesn't match.
  return text.replaceAll(/\uffff|\p{Surrogate}/gu, (unit) => MARK + unit.charCodeAt(0).toString(16));
}

/** The original text of a text from `toUtf8Text`. */
export function fromUtf8Text(text: string): string {
  if (!text.includes(MARK)) return text;
  return text.replaceAll(/\uffff([\da-f]{4})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
