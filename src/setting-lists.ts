import { z } from 'zod';

const EXPECTED = 'begins with "[" but is not a JSON list of texts; write it as ["first","second"]';
/** Quotes around a setting, or around each of its texts. Docker's --env-file keeps the quotes that a shell removes. */
const QUOTED = /^(["'])((?:(?!\1).)*)\1$/s;

/**
 * Reads several texts in one setting, as a JSON list or separated by `apart`. Empty texts are left out. Blanks and quotes around
 * separated texts are removed. In a JSON list, a text may contain the separators.
 */
export const listOf = (apart: RegExp) =>
  z.string().transform((given, context): string[] => {
    const text = unquoted(given);
    const texts = text.startsWith('[') ? jsonList(text) : text.split(apart).map(unquoted);
    if (texts) return texts.filter((part) => part.trim() !== '');
    context.addIssue(EXPECTED);
    return z.NEVER;
  });

/** Texts separated by commas or by line breaks. */
export const list = listOf(/[,\r\n]/);

/** The same, but the comma of `v1,whsec_…` does not separate. Supabase shows a secret like this. */
export const standardSecrets = listOf(/(?<!(?:^|[\s,|"'])v1a?),|[\r\n]/);

/** Keys. The end line of a PEM separates it from the next key, with or without a comma. Keys in plain base64 need a comma. */
export const keyTexts = listOf(/(?<=-----END [A-Z ]+-----)[\s,]*|,/);

function unquoted(text: string): string {
  return text.trim().replace(QUOTED, '$2').trim();
}

/** Reads a JSON list of texts. Null for anything else. */
export function jsonList(text: string): readonly string[] | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) && parsed.every((part) => typeof part === 'string') ? parsed : null;
  } catch {
    return null;
  }
}

const MOST_STEPS = 8;

/** The path to a member: its name, names with dots between them, or a JSON list of names if a name has a dot. */
export const memberPath = z.string().transform((text, context): readonly string[] => {
  const path = text.trim().startsWith('[') ? jsonList(text) : text.trim().split('.');
  if (path && path.length > 0 && path.length <= MOST_STEPS && !path.includes('')) return path;
  context.addIssue('expected the name of a member, a path such as data.type, or a JSON list of names');
  return z.NEVER;
});
