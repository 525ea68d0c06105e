import { type ReactNode, Suspense, createContext, use, useLayoutEffect, useState, useTransition } from 'react';
import type { Store } from '../storage.ts';
import type { Words } from './en.ts';
import type { Labels } from './labels.ts';
import { type Language, languageOf } from './languages.ts';

const LOAD: Record<Language, () => Promise<Words>> = {
  en: async () => (await import('./en.ts')).en,
  es: async () => (await import('./es.ts')).es,
  'pt-BR': async () => (await import('./pt-br.ts')).ptBR,
};

/** Loaded apart from the other words, since only details and stories need them. */
const LOAD_LABELS: Record<Language, () => Promise<Labels>> = {
  en: async () => (await import('./labels-en.ts')).labelsEn,
  es: async () => (await import('./labels-es.ts')).labelsEs,
  'pt-BR': async () => (await import('./labels-pt-br.ts')).labelsPtBr,
};

const CHOSEN_AS = 'hookcast.language';

interface Speech {
  readonly language: Language;
  readonly words: Words;
  /** The names of fields and words of enums, loaded at the first use. */
  readonly labels: () => Promise<Labels>;
  readonly speak: (language: Language) => void;
}

const Context = createContext<Speech | null>(null);

interface Spoken {
  readonly language: Language;
  readonly loading: Promise<Words>;
  readonly labels: () => Promise<Labels>;
}

function spoken(language: Language): Spoken {
  let labels: Promise<Labels> | null = null;
  return { language, loading: LOAD[language](), labels: () => (labels ??= LOAD_LABELS[language]()) };
}

interface WordsProviderProps {
  /** The store of the chosen language. */
  readonly store: Store;
  readonly children: ReactNode;
}

/** Provides the words in the viewer's language. Another language replaces it once its words are loaded. */
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
  // Set before anything is read aloud in this language.
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
