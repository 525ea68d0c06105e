import { type Member, isWithheld } from '../declaration/member.ts';
import { serve } from './served.ts';

type Source = Readonly<Record<string, unknown>>;
type IsWanted = (member: Member) => boolean;

const everyMember: IsWanted = () => true;

/**
 * Prepares to write stored members as JSON, without those that have no value. What depends on the declaration alone is worked out
 * here: an export writes millions of events.
 *
 * @param isWanted which members to include, also of objects within.
 */
export function plainMembers(
  members: readonly Member[],
  isWanted: IsWanted = everyMember,
): (stored: Source) => Record<string, unknown> {
  const wanted = members.filter(isWanted).map((member) => {
    return {
      name: member.name,
      served: serve(member, isWithheld(member, members)),
      plain: plainValue(member, isWanted),
    };
  });
  return (stored) => {
    const said: Record<string, unknown> = {};
    for (const { name, served, plain } of wanted) {
      const value = served(stored[name]);
      if (isNothing(value)) continue;
      const written = plain(value);
      if (!isNothing(written)) said[name] = written;
    }
    return said;
  };
}

/** Prepares to write the served value of a member as JSON, without members that have no value. */
export function plainValue(member: Member, isWanted: IsWanted = everyMember): (served: unknown) => unknown {
  const { of } = member;
  if (member.isList) {
    const plain = plainValue({ ...member, isList: false }, isWanted);
    return (served) => (served as readonly unknown[]).map((item) => plain(item));
  }
  if (of.is === 'object') {
    const plain = plainMembers(of.members, isWanted);
    return (served) => plain(served as Source);
  }
  if (of.name === 'DateTime') return (served) => new Date(served as number).toISOString();
  if (of.name === 'ProviderTime') return (served) => new Date((served as { readonly at: number }).at).toISOString();
  return (served) => served;
}

export function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
