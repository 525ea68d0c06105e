/** The characters of a kind and an id. A subject occurs in filters, URLs and log lines, and a slash separates its two parts. */
const PLAIN = /^[\w.:-]{1,128}$/;

/** The subject of an event, such as `order/5820982911946`; null if the kind or the id is missing or has other characters. */
export function subjectOf(kind: string | null | undefined, id: string | null | undefined): string | null {
  return kind && id && PLAIN.test(kind) && PLAIN.test(id) ? `${kind}/${id}` : null;
}
