/** Where the story of an order, a ticket, a booking or a subscription is told. Two accounts may use the same numbers. */
export function storyOf(tenant: string, subject: string): string {
  return `/story?${new URLSearchParams({ of: subject, tenant })}`;
}

/**
 * Where it is told what happened to a person: by an event that names them, since an address goes through chats and the log lines of
 * proxies, and an e-mail address must not.
 *
 * @param place which of those whom the event names.
 */
export function personOf(event: string, place = 0): string {
  return `/person?${new URLSearchParams({ event, ...(place > 0 && { place: String(place) }) })}`;
}
