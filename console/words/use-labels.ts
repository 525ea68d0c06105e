import { use } from 'react';
import type { Labels } from './labels.ts';
import { useSpeech } from './words.tsx';

/** What fields and words of enums are called. Parts that show them wait until they are loaded. */
export function useLabels(): Labels {
  return use(useSpeech().labels());
}
