/**
 * Asks the same question once for many: those who ask while an answer is under way share the next one, since that answer
 * may be older than what they know already.
 */
export class Shared<T> {
  readonly #question: () => Promise<T>;
  #underWay: Promise<T> | null = null;
  #next: Promise<T> | null = null;

  constructor(question: () => Promise<T>) {
    this.#question = question;
  }

  ask(): Promise<T> {
    if (!this.#underWay) return (this.#underWay = this.#question().finally(() => (this.#underWay = null)));
    const again = () => {
      this.#next = null;
      return this.ask();
    };
    return (this.#next ??= this.#underWay.then(again, again));
  }
}
