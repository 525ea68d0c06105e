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
 * Wix names the actor by the id that is set: of a member or visitor of the site, its owner, or an app. If several ids are set, the app's
 * counts last.
 */
export function actorOf(ids: Ids | null | undefined): Actor {
  if (ids?.memberId) return { type: 'CUSTOMER', actorId: ids.memberId };
  if (ids?.anonymousVisitorId) return { type: 'CUSTOMER', actorId: ids.anonymousVisitorId };
  if (ids?.wixUserId) return { type: 'BUSINESS', actorId: ids.wixUserId };
  if (ids?.appId) return { type: 'APP', actorId: ids.appId };
  return NOBODY;
}

/** The first actor with an id, since several places may name the actor. */
export function firstKnown(...actors: readonly Actor[]): Actor {
  return actors.find(({ actorId }) => actorId !== null) ?? NOBODY;
}
