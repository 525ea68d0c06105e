import type { Language } from './words.tsx';

/** The names of the fields of types and of the words of their enums. A field or word that is missing here is called by its own name. */
export interface Labels {
  /** By the name of a field, or by its path. */
  readonly fields: Readonly<Record<string, string>>;
  /** The prefix for a former value. */
  readonly before: string;
  readonly enums: Readonly<Record<string, string>>;
}

/** Loaded apart from the other words, since only details and stories need them. */
export const LABELS: Readonly<Record<Language, () => Promise<Labels>>> = {
  en: async () => (await import('./labels-en.ts')).labelsEn,
  'pt-BR': async () => (await import('./labels-pt-br.ts')).labelsPtBr,
  es: async () => (await import('./labels-es.ts')).labelsEs,
};
