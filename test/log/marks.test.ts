import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { toAddress } from '../../src/events/trace.ts';
import { Marker } from '../../src/log/marks.ts';
import { toText } from '../../src/log/postgres/text.ts';

const SALT = 'the secret of one log';
const mark = (letter: string, said: string) =>
  letter +
  createHash('sha256')
    .update(SALT + said)
    .digest('hex')
    .slice(0, 20);
/** Ids of providers, and any text: quotes, backslashes, control characters, halves of surrogate pairs. */
const anyText = fc.oneof(
  fc.uuid(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"', '\\', '\u007f', '\ud83d', '\0'),
);

it('PRIV2.4 hashes what the log has always hashed, for any text', () => {
  const marker = new Marker(SALT);
  fc.assert(
    fc.property(anyText, anyText, anyText, anyText, (source, tenant, contact, subject) => {
      const [email, mentioned] = [toAddress(`${contact}@a.example`), toAddress(`${subject}@b.example`)];
      const marks = marker.ofEvent({
        source,
        tenant,
        traces: [
          { kind: 'contact', value: contact },
          { kind: 'email', value: email },
          { kind: 'mention', value: mentioned },
          ...(subject.length % 2 === 0 ? [{ kind: 'subject', value: subject } as const] : []),
        ],
      });
      const list = (...texts: string[]) => JSON.stringify(texts.map(toText));
      expect(JSON.parse(marks ?? '[]')).toEqual([
        mark('c', list(source, tenant, contact)),
        ...marker.values(source, [contact]),
        mark('e', toText(email)),
        mark('m', toText(mentioned)),
        ...(subject.length % 2 === 0 ? [`s${subject}`] : []),
      ]);
      for (const value of marker.values(source, [contact])) expect(value).toBe(mark('v', list(source, contact)));
      // An erasure looks for the address as it was written.
      expect(marker.email(`${contact}@a.example`)).toBe(mark('e', toText(email)));
    }),
  );
});
