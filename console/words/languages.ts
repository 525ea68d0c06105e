/** The name of each language in itself. The words of a language are only loaded for its readers. */
export const LANGUAGES = { en: 'English', es: 'Español', 'pt-BR': 'Português' } as const;
export type Language = keyof typeof LANGUAGES;

/** The chosen language, or else the first of the browser's languages that the console has. */
export function languageOf(chosen: string | null, preferred: readonly string[]): Language {
  if (chosen !== null && Object.hasOwn(LANGUAGES, chosen)) return chosen as Language;
  for (const tag of preferred) {
    if (/^pt\b/i.test(tag)) return 'pt-BR';
    if (/^es\b/i.test(tag)) return 'es';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}
