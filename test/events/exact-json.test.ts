import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExact, survey, withoutRawNumbers } from '../../src/events/exact-json.ts';

const again = (text: string) => JSON.stringify(parseExact(text));

describe('numbers', () => {
  it.each([
    '1e400',
    '-1e400',
    '1e-400',
    '12345678901234567890',
    '9007199254740993',
    '-9007199254740993',
    '0.12345678901234567890',
    '1234567890.1234567890',
    '1.7976931348623159e308',
    '1E5',
    '1e+2',
    '9'.repeat(400),
  ])('IN6.14 writes %s as it came, wherever it stands', (number) => {
    for (const text of [number, `[${number}]`, `{"a":{"b":[0,${number},{"c":${number}}]},"d":1.5}`]) {
      expect(again(text)).toBe(text);
      expect(survey(text).mayLose).toBe(true);
    }
  });

  it('IN6.14 loses no number that JSON can write', () => {
    const digits = fc.stringMatching(/^[0-9]{1,25}$/).map((text) => text.replace(/^0+(?=\d)/, ''));
    const number = fc
      .tuple(
        fc.constantFrom('', '-'),
        digits,
        fc.option(fc.stringMatching(/^[0-9]{1,25}$/)),
        fc.option(fc.integer({ min: -500, max: 500 })),
      )
      .map(
        ([sign, whole, fraction, exponent]) =>
          `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`,
      );
    fc.assert(fc.property(number, (text) => valueOf(again(text)) === valueOf(text)));
  });

  it('IN6.14 takes the slower way for nothing else than numbers', () => {
    const usual =
      '{"id":"12345678901234567890","at":"2026-03-01T12:00:00.123456Z","price":49.9,"e":[true,false,null,-1.25],"E1":1}';
    expect(survey(usual)).toEqual({ deepest: 2, mayLose: false, members: 5, isCompact: true });
    expect(again(usual)).toBe(usual);
    // A quote within a text does not end it.
    expect(survey(String.raw`{"a":"\\\"1e400","b":2}`).mayLose).toBe(false);
  });

  it('IN6.14 gives code doubles, and texts where these would be other numbers', () => {
    const text = '[1e400,-1e400,12345678901234567890,9007199254740993,0.12345678901234567890,1E5,1e-400,{"a":1e400}]';
    expect(withoutRawNumbers(parseExact(text))).toEqual([
      '1e400',
      '-1e400',
      '12345678901234567890',
      '9007199254740993',
      0.12345678901234568,
      100_000,
      0,
      { a: '1e400' },
    ]);
  });

  it('IN5.4 is not misled by members called __proto__ or rawJSON', () => {
    const text = '{"__proto__":{"polluted":true},"rawJSON":"1","n":1e400}';
    expect(again(text)).toBe(text);
    const plain = withoutRawNumbers(parseExact(text)) as object;
    expect(Object.keys(plain)).toEqual(['__proto__', 'rawJSON', 'n']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

/** The exact value of a number: its digits without zeros at either end, and the place of the point. */
function valueOf(text: string): string {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text)!;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
