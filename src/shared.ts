/** How long later callers wait for an answer under way, in milliseconds, before they ask anew. */
const PATIENCE = 500;

/**
 * Asks one question once for many callers. Those who ask while an answer is under way share the next answer, because the one under way
 * may be older than what they know already. An answer that doesn't come holds up nobody who asks later.
 */
export class Shared<T> {
  readonly #question: () => Promise<T>;
  #underWay: { readonly answer: Promise<T>; readonly since: number } | null = null;
  #next: Promise<T> | null = null;

  constructor(question: () => Promise<T>) {
    this.#question = question;
  }

  ask(): Promise<T> {
    if (!this.#underWay || performance.now() - this.#underWay.since > PATIENCE) return this.#begin();
    const again = () => this.ask();
    return (this.#next ??= this.#underWay.answer.then(again, again));
  }

  #begin(): Promise<T> {
    const answer = this.#question().finally(() => {
      if (this.#underWay?.answer === answer) this.#underWay = null;
    });
    this.#underWay = { answer, since: performance.now() };
    this.#next = null;
    return answer;
  }
}
