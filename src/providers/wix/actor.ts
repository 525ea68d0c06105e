import type { ActorType } from '../../events/cancellation.ts';

export interface Actor {
  readonly type: ActorType;
  readonly actorId: string | null;
}

export const NOBODY: Actor = { type: 'UNKNOWN', actorId: null };

interface Ids {
  readonly memberId?: string | null | undefined;
  readonly anonymousVisitorId?: string | null | undefined;
  readonly wixUserId?: string | null | undefined;
  readonly appId?: string | null | undefined;
}

/**
 * Wix names the one who acted by the member that is set: a member or visitor of the site, its owner, or an app. Of several
 * ids the app's says least.
 */
export function actorOf(ids: Ids | null | undefined): Actor {
  if (ids?.memberId) return { type: 'CUSTOMER', actorId: ids.memberId };
  if (ids?.anonymousVisitorId) return { type: 'CUSTOMER', actorId: ids.anonymousVisitorId };
  if (ids?.wixUserId) return { type: 'BUSINESS', actorId: ids.wixUserId };
  if (ids?.appId) return { type: 'APP', actorId: ids.appId };
  return NOBODY;
}

/** The first of them who is somebody: who acted may be said in several places. */
export function firstKnown(...actors: readonly Actor[]): Actor {
  return actors.find(({ actorId }) => actorId !== null) ?? NOBODY;
}
