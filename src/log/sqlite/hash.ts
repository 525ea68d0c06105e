/**
 * A hash of 47 bits, which SQLite stores in six bytes. Files hold these hashes: if the function changes, a migration must compute
 * all of them anew. Two texts may have the same hash, so a search by hash also compares the texts. The hash need not be hard to
 * invert, since the same file has the hashed ids.
 */
export function hashOf(text: string): number {
  let one = 0x2545f491;
  let other = 0x1b873593;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x9e3779b1);
    one = (one << 13) | (one >>> 19);
    other = Math.imul(other ^ unit, 0x85ebca77);
    other = (other << 15) | (other >>> 17);
  }
  one = mixed(one ^ Math.imul(other, 0xc2b2ae3d));
  other = mixed(other ^ Math.imul(one, 0x27d4eb2f));
  return (other & 0x7fff) * 2 ** 32 + (one >>> 0);
}

/** How many different hashes there are. */
export const HASHES = 2 ** 47;

function mixed(value: number): number {
  let mix = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  mix = Math.imul(mix ^ (mix >>> 15), 0x846ca68b);
  return mix ^ (mix >>> 16);
}

/** The hash of an event's key. The length of the source is part of the text, since nothing separates source and id. */
export function hashOfKey(source: string, eventId: string): number {
  return hashOf(`k${source.length} ${source}${eventId}`);
}

export function hashOfSubject(subject: string): number {
  return hashOf(`s${subject}`);
}
