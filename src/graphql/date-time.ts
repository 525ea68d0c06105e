const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i;

/** Milliseconds since 1970, or null if the text is no time with a zone (RFC 3339, section 5.6). */
export function parseTime(text: string): number | null {
  if (!RFC_3339.test(text)) return null;
  const at = Date.parse(text);
  // Node reads February 30th as March 2nd, so the day is compared with the length of its month.
  const day = Number(text.slice(8, 10));
  const daysInMonth = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  return Number.isNaN(at) || day > daysInMonth ? null : at;
}
