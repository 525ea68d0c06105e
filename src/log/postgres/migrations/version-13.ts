/** Events are found by what happened. Those that tell of one thing only have no word for it, and take no place here. */
export const VERSION_13 = `
  CREATE INDEX events_by_happened ON hookcast.events (happened, seq) WHERE happened IS NOT NULL;
`;
