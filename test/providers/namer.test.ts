import { hash } from 'node:crypto';
import { expect, it } from 'vitest';
import { Namer } from '../../src/providers/namer.ts';

const namer = (secret: string) => new Namer({ secret, hasFormer: false });

it('PRIV2.6 makes ids, digests and tickets that can’t be computed without the secret, nor with a source or account of one’s own', () => {
  const from = ['invitee.canceled', 'ana@imaginaria.example'];
  const of = (by: Namer, source = 'calendly', tenant = 'calendly:1') => ({
    id: by.eventId(source, tenant, from),
    ticket: by.ticket(source, tenant, ['7', '10000001']),
  });
  const first = of(namer('the secret of a log'));
  expect(of(namer('the secret of a log'))).toEqual(first);
  expect(first.id).toMatch(/^derived:[0-9a-f]{64}$/);
  expect(first.ticket).toMatch(/^[0-9a-f]{32}$/);
  const others = [
    of(namer('the secret of another')),
    of(namer('the secret of a log'), 'calendly-two'),
    of(namer('the secret of a log'), 'calendly', 'calendly:2'),
  ];
  expect(new Set([first, ...others].map(({ id }) => id)).size).toBe(4);
  expect(new Set([first, ...others].map(({ ticket }) => ticket)).size).toBe(4);
  expect(first.id).not.toContain(hash('sha256', JSON.stringify(from)));

  const plain = hash('sha256', 'a body');
  const digests = [
    namer('one').digest('calendly', plain),
    namer('two').digest('calendly', plain),
    namer('one').digest('calendly-two', plain),
    plain,
  ];
  expect(new Set(digests).size).toBe(4);
  expect(namer('one').digest('calendly', plain)).toBe(digests[0]);
});
