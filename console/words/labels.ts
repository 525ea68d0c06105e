import type { Language } from './words.tsx';

/** What the fields of types of events and the words of their enums are called. What isn't here is called by its own name. */
export interface Labels {
  /** By a field's name, or by the names that lead to it. */
  readonly fields: Readonly<Record<string, string>>;
  /** Of what something was before. */
  readonly before: string;
  readonly enums: Readonly<Record<string, string>>;
}

/** Apart from the other words: only details and stories need them, and load them. */
export const LABELS: Readonly<Record<Language, () => Promise<Labels>>> = {
  en: async () => (await import('./labels-en.ts')).labelsEn,
  'pt-BR': async () => (await import('./labels-pt-br.ts')).labelsPtBr,
  es: async () => (await import('./labels-es.ts')).labelsEs,
};
