import { z } from 'zod';

const EXPECTED = 'begins with "[" and is no JSON list of texts; write it as ["first","second"]';
/** Around a setting, or each of its texts: Docker's --env-file keeps the quotes that a shell takes away. */
const QUOTED = /^(["'])((?:(?!\1).)*)\1$/s;

/**
 * Several texts in one setting, as a JSON list or separated, by `apart`. Empty ones don't count, and where they are separated,
 * blanks and quotes around don't either. In a JSON list a text may contain the separators.
 */
export const listOf = (apart: RegExp) =>
  z.string().transform((given, context): string[] => {
    const text = unquoted(given);
    const texts = text.startsWith('[') ? jsonList(text) : text.split(apart).map(unquoted);
    if (texts) return texts.filter((part) => part.trim() !== '');
    context.addIssue(EXPECTED);
    return z.NEVER;
  });

/** Separated by commas, or in a file by lines. */
export const list = listOf(/[,\r\n]/);

/** The same, but for the comma of `v1,whsec_…`, which is how Supabase shows a secret. */
export const standardSecrets = listOf(/(?<!(?:^|[\s,|"'])v1a?),|[\r\n]/);

/** Keys: a PEM ends where it says so, and by a comma or by nothing; what is only base64, by a comma. */
export const keyTexts = listOf(/(?<=-----END [A-Z ]+-----)[\s,]*|,/);

function unquoted(text: string): string {
  return text.trim().replace(QUOTED, '$2').trim();
}

/** The texts of a JSON list; null for what is none. */
export function jsonList(text: string): readonly string[] | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) && parsed.every((part) => typeof part === 'string') ? parsed : null;
  } catch {
    return null;
  }
}

const MOST_STEPS = 8;

/** The way to a member: its name, or names with dots between them, or a JSON list of names where one has a dot in it. */
export const memberPath = z.string().transform((text, context): readonly string[] => {
  const path = text.trim().startsWith('[') ? jsonList(text) : text.trim().split('.');
  if (path && path.length > 0 && path.length <= MOST_STEPS && !path.includes('')) return path;
  context.addIssue('expected the name of a member, a path such as data.type, or a JSON list of names');
  return z.NEVER;
});
