import { writtenMoney } from '../parts/money.ts';
import { dateFormat } from '../parts/moment.tsx';
import { useSpeech } from '../words/words.tsx';
import type { Verdict } from './money-back.ts';

const TONES: Readonly<Record<Verdict['is'], string>> = {
  back: 'good',
  partlyBack: 'warning',
  takenBack: 'bad',
  awaited: 'warning',
  promised: 'warning',
  refused: 'plain',
  unknown: 'warning',
  kept: 'good',
  unpaid: 'plain',
};

/** One sentence that says whether the money went back, or who knows it. */
export function MoneySentence({ verdict, provider }: { readonly verdict: Verdict; readonly provider: string }) {
  const { words, language } = useSpeech();
  const { story } = words;
  const when = (at: string) => dateFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(Date.parse(at));
  const money = 'amount' in verdict && verdict.amount ? writtenMoney(language, verdict.amount) : null;
  const said = () => {
    switch (verdict.is) {
      case 'back':
        return story.back(money, when(verdict.at), provider);
      case 'partlyBack':
        return story.partlyBack(money ?? '', writtenMoney(language, verdict.of), when(verdict.at), provider);
      case 'takenBack': {
        const { respondBy } = verdict;
        return story.takenBack(money, when(verdict.at), respondBy && when(respondBy));
      }
      case 'awaited':
        return story.awaited(money, when(verdict.at), provider);
      case 'kept':
        return story.kept(money, when(verdict.at));
      case 'unpaid':
        return story.unpaid;
      case 'promised':
      case 'refused':
      case 'unknown':
        return story[verdict.is](provider);
    }
  };
  return <p className={`money-sentence ${TONES[verdict.is]}`}>{said()}</p>;
}
