import type { ActorType } from '../../events/cancellation.ts';

export interface ActorId {
  readonly type: ActorType;
  readonly id: string | null;
}

/** Wix names the one who acted by the member that is set: a member or visitor of the site, its owner, or an app. */
export function actorOf(ids: {
  memberId?: string | null | undefined;
  anonymousVisitorId?: string | null | undefined;
  wixUserId?: string | null | undefined;
  appId?: string | null | undefined;
}): ActorId {
  if (ids.memberId) return { type: 'CUSTOMER', id: ids.memberId };
  if (ids.anonymousVisitorId) return { type: 'CUSTOMER', id: ids.anonymousVisitorId };
  if (ids.wixUserId) return { type: 'BUSINESS', id: ids.wixUserId };
  if (ids.appId) return { type: 'APP', id: ids.appId };
  return { type: 'UNKNOWN', id: null };
}
