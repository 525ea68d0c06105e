import type { Happening } from './happened.ts';

/** Paths in a square of 16 by 16, drawn with one line. */
const PATHS: Readonly<Record<Happening, string>> = {
  sold: 'M2.5 5h11v2a1.5 1.5 0 0 0 0 3v2h-11v-2a1.5 1.5 0 0 0 0-3z M9.5 5v7',
  paid: 'M3 8.5 6.5 12 13 4.5',
  refunded: 'M6 4 2.5 7.5 6 11 M3 7.5h7a3 3 0 0 1 0 6H8',
  chargedBack: 'M8 2.5 14 13H2z M8 6.5v3 M8 11.2v.3',
  cancelled: 'M4 4l8 8 M12 4l-8 8',
  checkedIn: 'M9 3h4v10H9 M2.5 8H10 M7 5l3 3-3 3',
  booked: 'M3 4h10v9H3z M3 7h10 M6 2.5V5 M10 2.5V5',
  moved: 'M2.5 5.5H13 M10.5 3 13 5.5 10.5 8 M13.5 10.5H3 M5.5 8 3 10.5 5.5 13',
  carts: 'M2 3h2l1.5 7h6.5l1.5-5H4.5 M6 13v.2 M11.5 13v.2',
  other: 'M8 7.9v.2 M4 7.9v.2 M12 7.9v.2',
};

/** The picture of a happening, beside its word. */
export function Icon({ of }: { readonly of: Happening }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[of]} />
    </svg>
  );
}
