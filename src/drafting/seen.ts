import { parseInstant, readInstant } from '../providers/instant.ts';
import { isObject } from '../providers/payload.ts';

/** The form of a value. Only forms are kept, so that no personal data can get into a draft. */
export type Form =
  | 'null'
  | 'boolean'
  | 'integer'
  | 'seconds'
  | 'decimal'
  | 'empty'
  | 'digits'
  | 'amount'
  | 'time'
  | 'email'
  | 'uuid'
  | 'word'
  | 'text'
  | 'list'
  | 'object';

/** The form of a member's name in an API. Other names may be personal: keys of maps by person, address or phone number. */
const NAME = /^(?!__)[A-Za-z_$][\w$-]{0,63}$/;
/** Names that contain an id are data too, such as the keys of a map by order. */
const ID_IN_NAME = /\d{4}|[0-9a-f]{8}-[0-9a-f]{4}/i;
/** If an object has more members than this, its names are data. */
const MOST_MEMBERS = 100;
/** The most fields of one event, and below it the most levels. Anything beyond is declared as JSON. */
const MOST_FIELDS = 1_000;
const DEEPEST = 8;

/** The values that were seen at one place in the payloads of one event: their forms, how often each place was set, and what is below. */
export class Seen {
  readonly forms = new Set<Form>();
  readonly members = new Map<string, Seen>();
  readonly #room: { left: number };
  readonly #depth: number;
  #items: Seen | null = null;
  #objects = 0;
  #times = 0;
  #hasForeignNames = false;

  constructor(room = { left: MOST_FIELDS }, depth = 0) {
    this.#room = room;
    this.#depth = depth;
  }

  get times(): number {
    return this.#times;
  }

  get items(): Seen | null {
    return this.#items;
  }

  see(value: unknown): void {
    this.#times += 1;
    this.forms.add(formOf(value));
    if (Array.isArray(value)) this.#seeItems(value);
    else if (isObject(value)) this.#seeMembers(value);
  }

  /** Whether all values had one of these forms, apart from null and empty texts. */
  is(...forms: readonly Form[]): boolean {
    const said = [...this.forms].filter((form) => form !== 'null' && form !== 'empty');
    return said.length > 0 && said.every((form) => forms.includes(form));
  }

  /** Whether the member was null or missing in any of the objects seen here. */
  mayLack(name: string): boolean {
    const member = this.members.get(name);
    return !member || member.forms.has('null') || member.#times < this.#objects;
  }

  /** Whether the names of the members are data, which must not be written down. */
  get isMap(): boolean {
    const members = [...this.members.values()];
    if (this.#hasForeignNames || members.length > MOST_MEMBERS) return true;
    // Objects without a common name have no common form, so their names are keys.
    return this.#objects > 1 && members.length > 1 && members.every(({ times }) => times * 2 <= this.#objects);
  }

  #seeItems(values: readonly unknown[]): void {
    for (const value of values) {
      this.#items ??= this.#below();
      this.#items?.see(value);
    }
  }

  #seeMembers(value: object): void {
    this.#objects += 1;
    for (const [name, member] of Object.entries(value)) {
      if (!NAME.test(name) || ID_IN_NAME.test(name)) this.#hasForeignNames = true;
      else this.#member(name)?.see(member);
    }
  }

  #member(name: string): Seen | null {
    const known = this.members.get(name);
    if (known) return known;
    const member = this.#below();
    if (member) this.members.set(name, member);
    else this.#hasForeignNames = true;
    return member;
  }

  #below(): Seen | null {
    if (this.#depth >= DEEPEST || this.#room.left === 0) return null;
    this.#room.left -= 1;
    return new Seen(this.#room, this.#depth + 1);
  }
}

const FORMS: readonly (readonly [Form, RegExp])[] = [
  ['empty', /^$/],
  ['digits', /^\d+$/],
  ['amount', /^-?\d+[.,]\d+$/],
  ['email', /^[^\s@]+@[^\s@]+\.[^\s@]+$/],
  ['uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i],
  ['word', /^[\w.:/-]+$/],
];
/** In characters. A longer text has none of these forms. */
const LONGEST = 256;

function formOf(value: unknown): Form {
  if (typeof value === 'string') return formOfText(value);
  if (typeof value === 'boolean') return 'boolean';
  if (Array.isArray(value)) return 'list';
  if (typeof value !== 'number') return isObject(value) ? 'object' : 'null';
  if (!Number.isInteger(value)) return 'decimal';
  return readInstant(value) ? 'seconds' : 'integer';
}

function formOfText(text: string): Form {
  if (text.length > LONGEST) return 'text';
  if (parseInstant(text)) return 'time';
  return FORMS.find(([, form]) => form.test(text))?.[0] ?? 'text';
}
