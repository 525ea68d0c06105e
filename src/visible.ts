/**
 * Control characters (C0, DEL, C1), characters that change the direction of text, and characters that end a line. A terminal acts on
 * them: text from a provider, or from a person who filled in its form, could color the screen, change what was printed before or, in
 * some terminals, type for its reader.
 */
const UNSEEN = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/** Text that certainly has none of them, as nearly every text is. This test takes a fraction of the time. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Writes these characters as JSON escapes. JSON with such characters stays the same JSON. */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A line of a command's output, with tabs between the columns. A tab within a column is written as an escape. */
export function lineOf(columns: readonly string[]): string {
  return columns.map(visible).join('\t');
}
