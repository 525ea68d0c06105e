/** What an id may be made of: no blank, no @ and no escape of one, so neither a name of two words nor an address. */
export const AN_ID = /^[\w.:~/+=-]{1,256}$/;
/** Of the characters of an id. */
const CODES = 128;

/**
 * What a payload says about people, to tell whether the same stands elsewhere in it. Ids are looked through by an automaton of
 * Aho and Corasick (1975), in time that grows with the payload: to look for each text in each id would take the product of
 * how many there are, and a body may hold ten thousand of both.
 */
export class Spoken {
  readonly #texts: ReadonlySet<string>;
  /** From a node by a character to the next: a node is what some texts begin with, and 0 is nothing. */
  readonly #next = new Map<number, number>();
  /** Of each node that of the longest end of it with which some text begins. */
  readonly #back = [0];
  /** Of each node whether it ends with a whole text. */
  readonly #isWhole = [false];

  /** @param texts in lower case, and none of them empty. */
  constructor(texts: ReadonlySet<string>) {
    this.#texts = texts;
    // No other character stands in an id.
    let growing = [...texts].filter((text) => AN_ID.test(text)).map((text) => ({ text, node: 0 }));
    // By length, since what a node goes back to is shorter.
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
