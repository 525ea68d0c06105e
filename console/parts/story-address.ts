/**
 * The address of the story of an order, a ticket, a booking or a subscription. It has the tenant, since two accounts may use the same
 * numbers.
 */
export function storyOf(tenant: string, subject: string): string {
  return `/story?${new URLSearchParams({ of: subject, tenant })}`;
}

/**
 * The address of a person's story. It names an event of the person and no e-mail address, since an address goes through chats and the log
 * lines of proxies.
 *
 * @param place the person's place among the people whom the event names.
 */
export function personOf(event: string, place = 0): string {
  return `/person?${new URLSearchParams({ event, ...(place > 0 && { place: String(place) }) })}`;
}
