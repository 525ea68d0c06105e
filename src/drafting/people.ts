import { member } from './code.ts';
import { isOfPerson, plain } from './names.ts';
import type { Form, Seen } from './seen.ts';

type Part = 'name' | 'first' | 'last' | 'email' | 'phone' | 'externalId';

/** The usual names of the members of a person. */
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

/** Forms that a member of a person may have. Some senders write a phone number as a number. */
const SCALARS: ReadonlySet<Form> = new Set([...TEXTS, 'integer', 'seconds', 'null', 'empty']);

/** A person, as members of an object describe them. */
export interface Somebody {
  /** The prefix of the members' names, such as `buyer_`. It is empty if the person is the object itself. */
  readonly prefix: string;
  readonly parts: ReadonlyMap<Part, string>;
}

export function isText(seen: Seen): boolean {
  return seen.is(...TEXTS);
}

/** The person, if the whole object describes one. Null if it describes none, or other things as well. */
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

/** The people that members of an object describe, such as `buyer_name` and `buyer_email`. */
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

/** The code of the person that a mapping returns. */
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

/** The prefix of a member that describes a person, or null for any other member. */
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
  // The member's name is the person's, so its value is the address or the name.
  if (whole === front) return seen.is('email') ? 'email' : isText(seen) ? 'name' : null;
  const part = PARTS.get(whole.slice(front.length)) ?? null;
  // Beside an address without a prefix, an id belongs to the whole object.
  return part === 'externalId' && front === '' ? null : part;
}

function isScalar({ forms }: Seen): boolean {
  return [...forms].every((form) => SCALARS.has(form));
}
