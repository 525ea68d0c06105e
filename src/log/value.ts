/** A value as databases bind and return it. */
export type Value = string | number | null;

/** A row, by position. */
export type Row = readonly Value[];
