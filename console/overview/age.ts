const UNITS = [
  ['day', 2 * 86_400_000, 86_400_000],
  ['hour', 3_600_000, 3_600_000],
  ['minute', 60_000, 60_000],
] as const;

/** How long ago something was, in whole units: "3 hours ago". Below a minute, and by clocks that are ahead, it is now. */
export function age(language: string, at: number, now: number): string {
  const past = now - at;
  const [unit, , length] = UNITS.find(([, least]) => past >= least) ?? ['second', 0, Infinity];
  const count = Math.max(0, Math.floor(past / length));
  // Of what numbers need not say, only "now" is wanted: "yesterday" is another day at night.
  const numeric = count === 0 ? 'auto' : 'always';
  return new Intl.RelativeTimeFormat(language, { numeric }).format(-count, unit);
}
