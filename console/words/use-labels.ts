import { use } from 'react';
import type { Labels } from './labels.ts';
import { useSpeech } from './words.tsx';

/** The names of fields and words of enums. Components that use them suspend until they are loaded. */
export function useLabels(): Labels {
  return use(useSpeech().labels());
}
