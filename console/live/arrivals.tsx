import { useEffect, useState } from 'react';
import { useWords } from '../words/words.tsx';
import type { useLive } from './use-live.ts';

/** How often it is said that something came, in milliseconds: ten a second would drown whatever else is read. */
const SAID = 20_000;

/** Says to those who listen how many have come, now and then. */
export function Arrivals({ list }: Pick<ReturnType<typeof useLive>, 'list'>) {
  const { live } = useWords();
  const [said, setSaid] = useState(0);
  useEffect(() => {
    let last = list.getView().arrived;
    const timer = setInterval(() => {
      const { arrived } = list.getView();
      setSaid(arrived - last);
      last = arrived;
    }, SAID);
    return () => clearInterval(timer);
  }, [list]);
  return (
    <p role="status" className="hidden">
      {said > 0 ? live.arrived(said) : ''}
    </p>
  );
}
