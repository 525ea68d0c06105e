/** The characters of an id. It has no blank, no @ and no escape of one, so it is neither a name of two words nor an address. */
export const AN_ID = /^[\w.:~/+=-]{1,256}$/;
/** The number of character codes that an id may use (ASCII). */
const CODES = 128;

/**
 * The texts about people in a payload, to find the same texts elsewhere in it. Ids are searched with an automaton of Aho and
 * Corasick (1975), in time that grows with the payload. To search each id for each text would take the product of both counts,
 * and a body may hold ten thousand of both.
 */
export class Spoken {
  readonly #texts: ReadonlySet<string>;
  /** The next node for a node and a character. A node stands for a prefix of some texts; 0 is the empty prefix. */
  readonly #next = new Map<number, number>();
  /** For each node, the node of its longest suffix that is a prefix of some text. */
  readonly #back = [0];
  /** For each node, whether it ends with a whole text. */
  readonly #isWhole = [false];

  /** @param texts in lower case, and none of them empty. */
  constructor(texts: ReadonlySet<string>) {
    this.#texts = texts;
    // A text with other characters can't occur in an id.
    let growing = [...texts].filter((text) => AN_ID.test(text)).map((text) => ({ text, node: 0 }));
    // The texts grow by one character at a time, since a node's suffix is shorter than the node.
    for (let length = 0; growing.length > 0; length += 1) {
      for (const path of growing) {
        path.node = this.#grow(path.node, path.text.charCodeAt(length));
        if (path.text.length === length + 1) this.#isWhole[path.node] = true;
      }
      growing = growing.filter(({ text }) => text.length > length + 1);
    }
  }

  /** Whether it is one of the texts. */
  is(text: string): boolean {
    return this.#texts.has(text);
  }

  /** Whether one of the texts stands in an id, in lower case. */
  standsIn(id: string): boolean {
    let node = 0;
    for (let index = 0; index < id.length; index += 1) {
      node = this.#follow(node, id.charCodeAt(index));
      if (this.#isWhole[node]) return true;
    }
    return false;
  }

  #grow(from: number, code: number): number {
    const known = this.#next.get(from * CODES + code);
    if (known !== undefined) return known;
    const node = this.#back.length;
    const back = from === 0 ? 0 : this.#follow(this.#back[from]!, code);
    this.#next.set(from * CODES + code, node);
    this.#back.push(back);
    this.#isWhole.push(this.#isWhole[back]!);
    return node;
  }

  #follow(from: number, code: number): number {
    for (let node = from; ; node = this.#back[node]!) {
      const next = this.#next.get(node * CODES + code);
      if (next !== undefined) return next;
      if (node === 0) return 0;
    }
  }
}
