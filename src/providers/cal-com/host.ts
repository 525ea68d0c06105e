import type { z } from 'zod';
import { toAddress } from '../../events/trace.ts';
import { EVERY } from '../accounts.ts';
import { type AnyBooking, besidesOrganizer } from './payload.ts';

/** The ids of hosts by e-mail address or username, normalized by `toAddress`. `*` has the id of the host for all other events. */
export type Hosts = ReadonlyMap<string, string>;

/** @throws {Error} for a host without a name or an id. */
export function checkHosts(hosts: Readonly<Record<string, string>> = {}): Hosts {
  return new Map(
    Object.entries(hosts).map(([name, id]) => {
      const known = toAddress(name);
      if (known === '' || typeof id !== 'string' || id === '') {
        throw new Error("calcom: write hosts as { 'e-mail address or username': 'user id' }");
      }
      return [known, id];
    }),
  );
}

/**
 * The id of the host whose event it is. Until 2026 Cal.com left the id out of `organizer` if a host asks for another time
 * (`requestReschedule.handler.ts`) or loses a means of payment. Some events have no organizer at all. Then another member of the payload
 * may have the id, or the option `hosts` has it for the address.
 *
 * @param said the object that `booking` was parsed from.
 */
export function hostOf(booking: AnyBooking | undefined, said: unknown, hosts: Hosts): string | null {
  const organizer = booking?.organizer;
  if (organizer?.id) return organizer.id;
  const besides = besidesOrganizer.safeParse(said).data;
  if (!besides) return null;
  const { userId, user, team, destinationCalendar, oooEntry, hostEmail } = besides;
  const email = organizer?.email ?? user?.email ?? hostEmail;
  const address = email ? toAddress(email) : null;
  const member = team?.members.find((one) => one.id && one.email && toAddress(one.email) === address);
  return (
    userId ??
    user?.id ??
    member?.id ??
    (address !== null ? hosts.get(address) : null) ??
    (organizer?.username ? hosts.get(toAddress(organizer.username)) : null) ??
    ownerOf(destinationCalendar) ??
    oooEntry?.user?.id ??
    hosts.get(EVERY) ??
    null
  );
}

/** The calendars of a team's booking may belong to several people. Then they don't say who hosts it. */
function ownerOf(calendars: z.infer<typeof besidesOrganizer>['destinationCalendar']): string | null {
  const owners = new Set((calendars ?? []).map(({ userId }) => userId).filter((id) => id !== null));
  const [owner, another] = owners;
  return owner !== undefined && another === undefined ? owner : null;
}
