import { type ReactNode, Suspense, createContext, use, useLayoutEffect, useState, useTransition } from 'react';
import type { Store } from '../storage.ts';
import type { Words } from './en.ts';
import { LABELS, type Labels } from './labels.ts';

/** What each language calls itself. Its words are only loaded by those who read them. */
export const LANGUAGES = { en: 'English', es: 'Español', 'pt-BR': 'Português' } as const;
export type Language = keyof typeof LANGUAGES;

const LOAD: Record<Language, () => Promise<Words>> = {
  en: async () => (await import('./en.ts')).en,
  es: async () => (await import('./es.ts')).es,
  'pt-BR': async () => (await import('./pt-br.ts')).ptBR,
};

const CHOSEN_AS = 'hookcast.language';

interface Speech {
  readonly language: Language;
  readonly words: Words;
  /** What fields and words of enums are called, loaded when they are first asked for. */
  readonly labels: () => Promise<Labels>;
  readonly speak: (language: Language) => void;
}

const Context = createContext<Speech | null>(null);

/** What was chosen, or else the first of the browser's languages that is spoken here. */
function languageOf(chosen: string | null, preferred: readonly string[]): Language {
  if (chosen !== null && Object.hasOwn(LANGUAGES, chosen)) return chosen as Language;
  for (const tag of preferred) {
    if (/^pt\b/i.test(tag)) return 'pt-BR';
    if (/^es\b/i.test(tag)) return 'es';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}

interface Spoken {
  readonly language: Language;
  readonly loading: Promise<Words>;
  readonly labels: () => Promise<Labels>;
}

function spoken(language: Language): Spoken {
  let labels: Promise<Labels> | null = null;
  return { language, loading: LOAD[language](), labels: () => (labels ??= LABELS[language]()) };
}

interface WordsProviderProps {
  /** Where it is kept which language was chosen. */
  readonly store: Store;
  readonly children: ReactNode;
}

/** Speaks the viewer's language. Another one replaces it when its words are there. */
export function WordsProvider({ store, children }: WordsProviderProps) {
  const [now, setNow] = useState(() => spoken(languageOf(store.getItem(CHOSEN_AS), navigator.languages)));
  const [, startChange] = useTransition();
  const speak = (chosen: Language) => {
    store.setItem(CHOSEN_AS, chosen);
    startChange(() => setNow(spoken(chosen)));
  };
  return (
    <Suspense>
      <Speaking now={now} speak={speak}>
        {children}
      </Speaking>
    </Suspense>
  );
}

interface SpeakingProps {
  readonly now: Spoken;
  readonly speak: Speech['speak'];
  readonly children: ReactNode;
}

function Speaking({ now: { language, loading, labels }, speak, children }: SpeakingProps) {
  const words = use(loading);
  // Before anything is read aloud in it.
  useLayoutEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return <Context value={{ language, words, labels, speak }}>{children}</Context>;
}

export function useSpeech(): Speech {
  const speech = use(Context);
  if (!speech) throw new Error('no words around this part of the page');
  return speech;
}

export function useWords(): Words {
  return useSpeech().words;
}
