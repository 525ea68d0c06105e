import type { Words } from '../words/en.ts';
import { wordFor } from '../words/word-for.ts';
import { useWords } from '../words/words.tsx';
import { spaced } from './type-name.ts';

/** In characters. Longer numbers are for machines, and people compare only their beginning. */
const LONGEST = { whole: 20, shown: 8 };

/** The readable name of a subject: `Order 5500123`. A ticket has no number that everybody may see. */
export function subjectNameOf(subject: string, { subjects }: Words): string {
  const slash = subject.indexOf('/');
  if (slash === -1) return subject;
  const kind = subject.slice(0, slash);
  const name = wordFor(subjects, kind) ?? spaced(kind);
  if (kind === 'ticket') return name;
  const id = subject.slice(slash + 1);
  return `${name} ${id.length > LONGEST.whole ? `${id.slice(0, LONGEST.shown)}…` : id}`;
}

export function SubjectName({ subject }: { readonly subject: string }) {
  return <bdi>{subjectNameOf(subject, useWords())}</bdi>;
}
