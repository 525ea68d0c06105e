/** What is counted in where there is no better zone. */
export const UTC = 'UTC';

/** The reader's zone. */
export const TIME_ZONE = zoneOf(Intl.DateTimeFormat().resolvedOptions().timeZone);

/**
 * The zone that a browser says, or UTC when it is none. On machines that name no zone Chromium says `Etc/Unknown`, which it takes
 * for an error when it is given it back, and others say nothing.
 */
export function zoneOf(said: string | undefined): string {
  if (said === undefined) return UTC;
  try {
    Intl.DateTimeFormat('en', { timeZone: said });
    return said;
  } catch {
    return UTC;
  }
}

/** A moment as the clocks of the zone show it, to be read as if it were UTC. The zone is the reader's, or UTC. */
export function clockAt(at: number, timeZone: string): Date {
  return new Date(timeZone === UTC ? at : at - new Date(at).getTimezoneOffset() * 60_000);
}
