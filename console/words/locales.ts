/** The used part of the browser's `navigator`. */
interface Preferences {
  readonly language: string;
  readonly languages: readonly string[];
}

/**
 * Keeps only the valid locales of the browser's languages. If Linux has none, Chrome makes `en-US@posix` of its locale, with which every
 * attempt to format a date or a number throws: hookcast's own, and uPlot's as soon as it is loaded (leeoniya/uPlot#1053).
 */
export function keepLocales(navigator: Preferences): void {
  const { language, languages } = navigator;
  if ([language, ...languages].every(isLocale)) return;
  const kept = [...new Set(languages.map((tag) => tag.replace(/@.*/, '')))].filter(isLocale);
  Object.defineProperties(navigator, {
    language: { value: kept[0] ?? 'en' },
    languages: { value: kept },
  });
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** The browser's locale for this language: a reader of English in London has other clocks and numbers than one in New York. */
export function localeOf(language: string): string {
  return navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
}
