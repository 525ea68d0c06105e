/** A value as databases bind and return it. */
export type Value = string | number | null;

/** The values of a row, in the order of its columns. */
export type Row = readonly Value[];
