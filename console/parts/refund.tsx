import { useWords } from '../words/words.tsx';

/** Whether the customer gets money back, if the provider said so. */
export function Refund({ expected }: { readonly expected: boolean | null }) {
  const { refund } = useWords();
  if (expected === null) return <span className="refund unknown">{refund.unknown}</span>;
  return expected ? (
    <span className="refund expected">{refund.expected}</span>
  ) : (
    <span className="refund">{refund.none}</span>
  );
}
