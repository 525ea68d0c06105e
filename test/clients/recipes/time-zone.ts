/** The reader's time zone, as `activity` takes it. UTC where it is not known: some browsers say Etc/Unknown then, or nothing. */
export function timeZone(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  try {
    return Intl.DateTimeFormat('en', { timeZone: timeZone || 'UTC' }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
