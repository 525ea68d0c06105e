/** A stored row is no longer as hookcast wrote it: something has changed it. */
export class AlteredRow extends Error {
  /** @param what names the row, without its content, which may be personal data. */
  constructor(what: string) {
    super(`${what} was changed after it was written`);
    this.name = 'AlteredRow';
  }
}
