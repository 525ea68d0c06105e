import { parseInstant, readInstant } from '../providers/instant.ts';
import { isObject } from '../providers/payload.ts';

/** Which form a value has. Nothing else is kept of it, so that nothing of anybody's can get into what is drafted. */
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

/** What a programmer calls a member. Other names may be somebody's: of maps by person, address or phone number. */
const NAME = /^(?!__)[A-Za-z_$][\w$-]{0,63}$/;
/** Names that hold an id are data as well: those of a map by order, say. */
const ID_IN_NAME = /\d{4}|[0-9a-f]{8}-[0-9a-f]{4}/i;
/** With more members, the names of an object are data. */
const MOST_MEMBERS = 100;
/** Fields of one event, and levels of them. What is beyond is any JSON. */
const MOST_FIELDS = 1_000;
const DEEPEST = 8;

/** What has been seen at one place of the payloads of one event: which forms, how often, and what is below. */
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

  /** How many values there were. */
  get times(): number {
    return this.#times;
  }

  /** What the items of a list were. */
  get items(): Seen | null {
    return this.#items;
  }

  see(value: unknown): void {
    this.#times += 1;
    this.forms.add(formOf(value));
    if (Array.isArray(value)) this.#seeItems(value);
    else if (isObject(value)) this.#seeMembers(value);
  }

  /** Whether it had this form and no other, besides being null or an empty text. */
  is(...forms: readonly Form[]): boolean {
    const said = [...this.forms].filter((form) => form !== 'null' && form !== 'empty');
    return said.length > 0 && said.every((form) => forms.includes(form));
  }

  /** Whether a member was null or missing in any of the objects that have been seen here. */
  mayLack(name: string): boolean {
    const member = this.members.get(name);
    return !member || member.forms.has('null') || member.#times < this.#objects;
  }

  /** Whether the names of its members are data, which may not be written down. */
  get isMap(): boolean {
    const members = [...this.members.values()];
    if (this.#hasForeignNames || members.length > MOST_MEMBERS) return true;
    // Objects that have no name in common are not of one form: their names are keys.
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
/** A longer text is none of these forms. */
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
