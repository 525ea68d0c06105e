import type { Sighting } from '../events/drift.ts';
import { isObject } from '../providers/payload.ts';

type Change = Sighting['change'];

/** Members of one object that are told apart by name; with more of them the names are somebody's data. */
const MOST_MEMBERS = 100;
/** Fields of one type that are told apart. */
const MOST_FIELDS = 1_000;
/** A name that a programmer gives a member. Any other name may be a question, an address or a person. */
const NAME = /^[A-Za-z_$][\w$-]{0,63}$/;
/** Stands for any name, and behind a field for everything below it. */
const ANY = '*';
const BELOW = '**';
const NULL = '=null';

/** What is known of a change, and in how many deliveries it was since that was recorded. */
interface Mark {
  state: 'unknown' | 'expected' | 'drifted';
  count: number;
  /** The number of the delivery that it was last counted for. */
  delivery: number;
}

/** How many more fields there may be, of all types together: each takes some hundred bytes. */
export interface Room {
  left: number;
}

class Node {
  readonly path: string;
  readonly members = new Map<string, Node>();
  readonly marks: Record<Change, Mark> = { FIELD: unknown(), NULL: unknown() };
  /** Everything else below is expected. */
  isFree = false;

  constructor(path: string) {
    this.path = path;
  }
}

/** What the payloads of one type have looked like: a tree of their fields, so that looking through one makes no texts. */
export class FieldTree {
  readonly #source: string;
  readonly #type: string;
  readonly #root = new Node('');
  readonly #changed = new Set<Node>();
  readonly #room: Room;
  #nodes = 0;
  #drifted = 0;
  #delivery = 0;
  #at = 0;

  /** @param expected what the type's schema expects, as `Provider.expectedFields` has it. */
  constructor(source: string, type: string, expected: ReadonlySet<string> | null, room: Room) {
    this.#source = source;
    this.#type = type;
    this.#room = room;
    for (const field of expected ?? []) {
      const isFree = field.endsWith(BELOW);
      const isNull = field.endsWith(NULL);
      const node = this.#nodeAt(field.slice(0, isFree ? -BELOW.length : isNull ? -NULL.length : undefined));
      if (!node) return;
      if (node !== this.#root) node.marks.FIELD.state = 'expected';
      if (isNull) node.marks.NULL.state = 'expected';
      if (isFree) node.isFree = true;
    }
  }

  /** Whether something is there that nobody expected. */
  get hasDrifted(): boolean {
    return this.#drifted > 0;
  }

  /** What is recorded already is known. */
  know(path: string, change: Change, expected: boolean): void {
    const mark = this.#nodeAt(path)?.marks[change];
    if (mark && mark.state !== 'expected') this.#become(mark, expected ? 'expected' : 'drifted');
  }

  /** Looks through a payload, and tells of each field and each null that nobody expected. */
  observe(payload: unknown, at: number, drifted: (change: Change) => void): void {
    this.#delivery += 1;
    this.#at = at;
    // The first delivery is what the later ones are compared with.
    const isFirst = this.#root.marks.FIELD.state === 'unknown';
    const note = (node: Node, change: Change) => {
      const mark = node.marks[change];
      if (mark.delivery === this.#delivery || (mark.state === 'expected' && node !== this.#root)) return;
      if (mark.state === 'unknown') this.#become(mark, isFirst ? 'expected' : 'drifted');
      mark.delivery = this.#delivery;
      mark.count += 1;
      this.#changed.add(node);
      if (mark.state === 'drifted') drifted(change);
    };
    this.#look(this.#root, payload, note);
  }

  /** What was seen since the last time. */
  take(): Sighting[] {
    const sightings: Sighting[] = [];
    for (const { path, marks } of this.#changed) {
      for (const change of ['FIELD', 'NULL'] as const) {
        const { state, count } = marks[change];
        if (count === 0) continue;
        marks[change].count = 0;
        const expected = state === 'expected';
        sightings.push({ source: this.#source, type: this.#type, path, change, expected, count, at: this.#at });
      }
    }
    this.#changed.clear();
    return sightings;
  }

  /** What could not be recorded is taken the next time. */
  giveBack(sightings: readonly Sighting[]): void {
    for (const { path, change, count } of sightings) {
      const node = this.#nodeAt(path);
      if (!node) continue;
      node.marks[change].count += count;
      this.#changed.add(node);
    }
  }

  #become(mark: Mark, state: 'expected' | 'drifted'): void {
    this.#drifted += Number(state === 'drifted') - Number(mark.state === 'drifted');
    mark.state = state;
  }

  #look(node: Node, value: unknown, note: (node: Node, change: Change) => void): void {
    note(node, 'FIELD');
    if (value === null) note(node, 'NULL');
    if (Array.isArray(value)) {
      const items = value.length > 0 ? this.#below(node, '[]') : null;
      if (items) for (const item of value) this.#look(items, item, note);
    } else if (isObject(value)) {
      const names = Object.keys(value);
      const isMap = names.length > MOST_MEMBERS;
      for (const name of names) {
        const member = this.#below(node, name, isMap);
        if (member) this.#look(member, value[name], note);
      }
    }
  }

  /** What is looked at below a node under a name: nothing where anything may stand. */
  #below(node: Node, name: string, isMap = false): Node | null {
    const known = node.members.get(name) ?? (name === '[]' ? undefined : node.members.get(ANY));
    if (known || node.isFree) return known ?? null;
    return this.#member(node, name === '[]' || (!isMap && NAME.test(name)) ? name : ANY);
  }

  /** The node of a path, made when there is none; null when there are too many. */
  #nodeAt(path: string): Node | null {
    let node: Node | null = this.#root;
    for (const part of path.replaceAll('[]', '.[]').split('.')) {
      if (part !== '') node = node && this.#member(node, part);
    }
    return node;
  }

  #member(node: Node, name: string): Node | null {
    const known = node.members.get(name);
    if (known) return known;
    if (this.#nodes >= MOST_FIELDS || this.#room.left <= 0) return null;
    this.#nodes += 1;
    this.#room.left -= 1;
    const member = new Node(name === '[]' ? `${node.path}[]` : node.path === '' ? name : `${node.path}.${name}`);
    node.members.set(name, member);
    return member;
  }
}

function unknown(): Mark {
  return { state: 'unknown', count: 0, delivery: 0 };
}
