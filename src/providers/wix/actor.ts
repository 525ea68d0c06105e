import type { ActorType } from '../../events/cancellation.ts';

export interface ActorId {
  readonly type: ActorType;
  readonly id: string | null;
}

export const NOBODY: ActorId = { type: 'UNKNOWN', id: null };

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
export function actorOf(ids: Ids | null | undefined): ActorId {
  if (ids?.memberId) return { type: 'CUSTOMER', id: ids.memberId };
  if (ids?.anonymousVisitorId) return { type: 'CUSTOMER', id: ids.anonymousVisitorId };
  if (ids?.wixUserId) return { type: 'BUSINESS', id: ids.wixUserId };
  if (ids?.appId) return { type: 'APP', id: ids.appId };
  return NOBODY;
}

/** The first of them who is somebody: who acted may be said in several places. */
export function firstKnown(...actors: readonly ActorId[]): ActorId {
  return actors.find(({ id }) => id !== null) ?? NOBODY;
}
