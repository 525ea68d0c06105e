/** The zone for counts if there is no better one. */
export const UTC = 'UTC';

/** The reader's zone. */
export const TIME_ZONE = zoneOf(Intl.DateTimeFormat().resolvedOptions().timeZone);

/**
 * The zone that a browser names, or UTC if it is no zone. On machines without a zone, Chromium says `Etc/Unknown`, which it rejects as an
 * error when it gets it back. Others say nothing.
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

/** A moment on the clocks of the zone, to be read as if it were UTC. The zone is the reader's, or UTC. */
export function clockAt(at: number, timeZone: string): Date {
  return new Date(timeZone === UTC ? at : at - new Date(at).getTimezoneOffset() * 60_000);
}
