import { member } from './code.ts';
import { isOfPerson, plain } from './names.ts';
import type { Form, Seen } from './seen.ts';

type Part = 'name' | 'first' | 'last' | 'email' | 'phone' | 'externalId';

/** What members of a person are called. */
const PARTS: ReadonlyMap<string, Part> = new Map(
  Object.entries({
    name: ['name', 'fullname', 'displayname'],
    first: ['firstname', 'givenname'],
    last: ['lastname', 'surname', 'familyname'],
    email: ['email', 'mail', 'emailaddress'],
    phone: ['phone', 'phonenumber', 'mobile', 'mobilephone', 'cellphone', 'cell', 'tel', 'telephone', 'whatsapp'],
    externalId: ['id', 'uuid', 'externalid'],
  } satisfies Record<Part, readonly string[]>).flatMap(([part, names]) =>
    names.map((name): [string, Part] => [name, part as Part]),
  ),
);
const TEXTS: readonly Form[] = ['digits', 'amount', 'time', 'email', 'uuid', 'word', 'text'];

/** What a member of a person may be: a phone number is also sent as a number. */
const SCALARS: ReadonlySet<Form> = new Set([...TEXTS, 'integer', 'seconds', 'null', 'empty']);

/** Somebody in an object: the object's members that tell of the person. */
export interface Somebody {
  /** What the members have in front of their names: `buyer_` has none of the person, and `''` is the object itself. */
  readonly prefix: string;
  readonly parts: ReadonlyMap<Part, string>;
}

/** Whether a place had texts only. */
export function isText(seen: Seen): boolean {
  return seen.is(...TEXTS);
}

/** The person that an object is as a whole; null if it is none, or tells of other things as well. */
export function personIn(name: string, seen: Seen): Somebody | null {
  const parts = new Map<Part, string>();
  for (const [called, of] of seen.members) {
    const part = PARTS.get(plain(called));
    if (part && !parts.has(part) && isScalar(of)) parts.set(part, called);
  }
  const isNamed = parts.has('email') || parts.has('phone') || parts.has('name') || parts.has('first');
  const isWhole = parts.has('email') && parts.size === seen.members.size;
  return isNamed && (isOfPerson(name) || isWhole) ? { prefix: '', parts } : null;
}

/** The people of whom members of an object tell, such as `buyer_name` and `buyer_email`. */
export function peopleAmong(seen: Seen): Somebody[] {
  const people: Somebody[] = [];
  const taken = new Set<string>();
  for (const [name, of] of seen.members) {
    const prefix = taken.has(name) ? null : prefixOf(name, of);
    if (prefix === null) continue;
    const parts = new Map<Part, string>();
    for (const [called, sibling] of seen.members) {
      const part = partOf(called, sibling, prefix);
      if (part === null || parts.has(part) || taken.has(called) || !isScalar(sibling)) continue;
      parts.set(part, called);
      taken.add(called);
    }
    if (parts.size > 0) people.push({ prefix, parts });
  }
  return people;
}

/** What a mapping gives for somebody. */
export function givePerson({ parts }: Somebody, of: string): string {
  const given = (['name', 'email', 'phone', 'externalId'] as const).flatMap((part) => {
    const name = parts.get(part);
    return name === undefined ? [] : [`${part}: ${member(of, name)}`];
  });
  const names = (['first', 'last'] as const).flatMap((part) => parts.get(part) ?? []);
  if (names.length > 0 && !parts.has('name')) {
    given.unshift(`name: [${names.map((name) => member(of, name)).join(', ')}].filter(Boolean).join(' ')`);
  }
  return `{ ${given.join(', ')} }`;
}

const EMAIL = /[-_]?e?[-_]?mail([-_]?address)?$/i;
const OTHER = /[-_]?((full|first|last)?[-_]?name|phone([-_]?number)?)$/i;

/** What stands in front of a member that tells of somebody; null for any other member. */
function prefixOf(name: string, seen: Seen): string | null {
  if (!isText(seen)) return null;
  if (EMAIL.test(name)) return name.replace(EMAIL, '');
  if (seen.is('email')) return name;
  if (OTHER.test(name) && isOfPerson(name.replace(OTHER, ''))) return name.replace(OTHER, '');
  return isOfPerson(name) && seen.forms.has('text') ? name : null;
}

function partOf(name: string, seen: Seen, prefix: string): Part | null {
  const [whole, front] = [plain(name), plain(prefix)];
  if (!whole.startsWith(front)) return null;
  // The member is called as the person is: it is the address or the name.
  if (whole === front) return seen.is('email') ? 'email' : isText(seen) ? 'name' : null;
  const part = PARTS.get(whole.slice(front.length)) ?? null;
  // The id beside an address that stands alone is of the whole.
  return part === 'externalId' && front === '' ? null : part;
}

function isScalar({ forms }: Seen): boolean {
  return [...forms].every((form) => SCALARS.has(form));
}
