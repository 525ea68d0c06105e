import { useWords } from '../words/words.tsx';

/** Whether the customer gets money back, as far as the provider said. */
export function Refund({ expected }: { readonly expected: boolean | null }) {
  const { refund } = useWords();
  if (expected === null) return <span className="refund unknown">{refund.unknown}</span>;
  return expected ? (
    <span className="refund expected">{refund.expected}</span>
  ) : (
    <span className="refund">{refund.none}</span>
  );
}
