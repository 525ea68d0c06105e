import type { Member } from './member.ts';

/**
 * By which members events of a type are counted, valued and named. A path lists the names of members from the outermost
 * inwards.
 */
export interface Counted {
  readonly happened: string | null;
  readonly amount: readonly string[] | null;
  readonly title: readonly string[] | null;
}

/**
 * Checks these members. All who may read events see how they are counted and what they are worth, also after an erasure. A
 * title may be personal.
 *
 * @throws {Error} with the type and the field, if a member can't be counted by or shown, or would reveal personal data.
 */
export function assertCountable(type: string, members: readonly Member[], { happened, amount, title }: Counted): void {
  const isAny = (path: readonly string[], fits: (member: Member) => boolean) => {
    const member = memberAt(members, path);
    return member !== null && member.part === 'open' && fits(member);
  };
  if (happened !== null && !isAny([happened], ({ of }) => of.is === 'enum')) {
    throw new Error(
      `The declaration of ${type}.${happened} can't be counted: "happened" must name a member that is one enum and not personal.`,
    );
  }
  if (amount !== null && !isAny(amount, isMoney)) {
    throw new Error(
      `The declaration of ${type}.${amount.join('.')} can't be summed: "amount" must name a member that is money and not personal.`,
    );
  }
  const titled = title && memberAt(members, title);
  if (title !== null && !(titled?.of.is === 'scalar' && titled.of.name === 'String')) {
    throw new Error(
      `The declaration of ${type}.${title.join('.')} can't be shown as a title: "title" must name a member that is one text.`,
    );
  }
}

/** The member at the end of a path. Null if there is none, or if a list is on the path. */
function memberAt(members: readonly Member[], [name, ...rest]: readonly string[]): Member | null {
  const member = members.find((one) => one.name === name);
  if (!member || member.isList) return null;
  if (rest.length === 0) return member;
  return member.of.is === 'object' ? memberAt(member.of.members, rest) : null;
}

/** Whether the member has the members of money, whatever its type is called. */
export function isMoney({ of }: Pick<Member, 'of'>): boolean {
  if (of.is !== 'object') return false;
  const texts = of.members.filter((member) => member.of.is === 'scalar' && member.of.name === 'String');
  return ['amount', 'currency'].every((name) => texts.some((text) => text.name === name && !text.isList));
}
