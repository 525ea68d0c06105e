/** Letters that a kind and an id may have: a subject stands in filters, URLs and log lines, and a slash parts the two. */
const PLAIN = /^[\w.:-]{1,128}$/;

/** What an event is about, `order/5820982911946`; null where its provider doesn't say that in letters which a subject may have. */
export function subjectOf(kind: string | null | undefined, id: string | null | undefined): string | null {
  return kind && id && PLAIN.test(kind) && PLAIN.test(id) ? `${kind}/${id}` : null;
}
