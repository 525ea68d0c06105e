const UNITS = [
  ['day', 2 * 86_400_000, 86_400_000],
  ['hour', 3_600_000, 3_600_000],
  ['minute', 60_000, 60_000],
] as const;

/** How long ago something was, in whole units: "3 hours ago". Less than a minute, or a clock that is ahead, gives "now". */
export function age(language: string, at: number, now: number): string {
  const past = now - at;
  const [unit, , length] = UNITS.find(([, least]) => past >= least) ?? ['second', 0, Infinity];
  const count = Math.max(0, Math.floor(past / length));
  // Of the special words only "now" is used: at night "yesterday" is already another day.
  const numeric = count === 0 ? 'auto' : 'always';
  return new Intl.RelativeTimeFormat(language, { numeric }).format(-count, unit);
}
