/**
 * Control characters (C0, DEL, C1), those that change the direction of text, and what counts as the end of a line. A terminal
 * acts on them: text from a provider, or from a person who filled in its form, could colour the screen, change what was printed
 * before or, in some terminals, type for its reader.
 */
const UNSEEN = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/** What has none of them, as nearly every text is: to look for this takes a fraction of the time. */
const PLAIN = /^[\x20-\x7e]*$/;

/** The text with what a terminal would act on written out, as JSON writes it: JSON with such characters stays the same JSON. */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** One line of a command's: its columns separated by tabs. No column contains a tab. */
export function lineOf(columns: readonly string[]): string {
  return columns.map(visible).join('\t');
}
