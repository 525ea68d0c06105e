import { Personal } from './personal.tsx';
import { linkOf } from './reach-link.ts';

interface ReachProps {
  readonly value: string | null | undefined;
  readonly data: 'AVAILABLE' | 'WITHHELD' | 'ERASED';
}

/** An e-mail address or a phone number, as a link for writing or calling. */
export function Reach({ value, data }: ReachProps) {
  const link = data === 'AVAILABLE' && value ? linkOf(value) : null;
  return link ? <a href={link}>{value}</a> : <Personal value={value} data={data} />;
}
