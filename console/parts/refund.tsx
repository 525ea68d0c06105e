import { useWords } from '../words/words.tsx';

interface RefundProps {
  readonly expected: boolean | null;
  /** Whether a heading above it says that it is about the refund. */
  readonly isUnderHeading?: boolean;
}

/** Whether the customer gets money back, as far as the provider said. */
export function Refund({ expected, isUnderHeading = false }: RefundProps) {
  const { refund } = useWords();
  const said = isUnderHeading ? refund.column : refund;
  if (expected === null) return <span className="refund unknown">{said.unknown}</span>;
  return expected ? (
    <span className="refund expected">{said.expected}</span>
  ) : (
    <span className="refund">{said.none}</span>
  );
}
