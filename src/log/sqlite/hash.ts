/**
 * A hash of 47 bits, which SQLite keeps in six bytes. It stands in files: another function needs a step of migration that makes all of
 * them anew. Two texts may have the same one, so what is found by it is compared. It need not be hard to invert: it is of ids that
 * stand in the same file.
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

/** How many there are. */
export const HASHES = 2 ** 47;

function mixed(value: number): number {
  let mix = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  mix = Math.imul(mix ^ (mix >>> 15), 0x846ca68b);
  return mix ^ (mix >>> 16);
}

/** Of the key of an event. Neither part alone says where it ends, so the length of one is part of it. */
export function hashOfKey(source: string, eventId: string): number {
  return hashOf(`k${source.length} ${source}${eventId}`);
}

export function hashOfSubject(subject: string): number {
  return hashOf(`s${subject}`);
}
