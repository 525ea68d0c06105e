/** A row is not as `toRow` made it: something has changed what is stored. */
export class AlteredRow extends Error {
  /** @param what of it: nothing of what stands there, which is about people. */
  constructor(what: string) {
    super(`${what} is not as it was written`);
    this.name = 'AlteredRow';
  }
}
