import type { Sighting } from '../events/drift.ts';
import { isObject } from '../providers/payload.ts';

type Change = Sighting['change'];

/** The most members of one object that are observed by name. If it has more, their names are data. */
const MOST_MEMBERS = 100;
/** The most fields of one type that are observed. */
const MOST_FIELDS = 1_000;
/** A name that a programmer gives to a member. Any other name may be a question, an address or a person. */
const NAME = /^[A-Za-z_$][\w$-]{0,63}$/;
/** `*` stands for any name. After a field, `**` stands for everything below it. */
const ANY = '*';
const BELOW = '**';
const NULL = '=null';

/** The state of a field or null, and the number of deliveries with it since the last recording. */
interface Mark {
  state: 'unknown' | 'expected' | 'drifted';
  count: number;
  /** The number of the last delivery that was counted. */
  delivery: number;
}

/** How many more fields all types together may have. Each takes some hundred bytes. */
export interface Room {
  left: number;
}

class Node {
  readonly path: string;
  readonly members = new Map<string, Node>();
  readonly marks: Record<Change, Mark> = { FIELD: unknown(), NULL: unknown() };
  /** Whether everything else below is expected. */
  isFree = false;

  constructor(path: string) {
    this.path = path;
  }
}

/** The fields that the payloads of one type have had, as a tree, so that observing a payload makes no texts. */
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

  /** @param expected the fields of the type's schema, in the form of `Provider.expectedFields`. */
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

  /** Whether an unexpected field or null was seen. */
  get hasDrifted(): boolean {
    return this.#drifted > 0;
  }

  /** Notes a field that the log has recorded. */
  know(path: string, change: Change, expected: boolean): void {
    const mark = this.#nodeAt(path)?.marks[change];
    if (mark && mark.state !== 'expected') this.#become(mark, expected ? 'expected' : 'drifted');
  }

  /** Examines a payload, and reports each unexpected field and null. */
  observe(payload: unknown, at: number, drifted: (change: Change) => void): void {
    this.#delivery += 1;
    this.#at = at;
    // Later deliveries are compared with the first one.
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

  /** Takes the sightings since the last time. */
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

  /** Takes back sightings that could not be recorded, for the next time. */
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

  /** The node below a node with this name; null if anything is allowed there. */
  #below(node: Node, name: string, isMap = false): Node | null {
    const known = node.members.get(name) ?? (name === '[]' ? undefined : node.members.get(ANY));
    if (known || node.isFree) return known ?? null;
    return this.#member(node, name === '[]' || (!isMap && NAME.test(name)) ? name : ANY);
  }

  /** The node of a path, which is made if there is none; null if there are too many. */
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
