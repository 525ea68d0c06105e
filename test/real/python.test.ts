import { expect, it } from 'vitest';
import { throughRestarts, throughSilence } from '../clients/cuts.ts';
import { Seen } from '../clients/seen.ts';
import { ticket } from '../fixtures/eduzz.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { canceledTicket } from '../support/live-page.ts';
import { PYTHON_RECIPES, clientOf, hasPackage } from './python.ts';

const found = PYTHON_RECIPES.filter(hasPackage);
const missing = PYTHON_RECIPES.filter((recipe) => !found.includes(recipe)).map((recipe) => recipe.package);
const clients = Object.fromEntries(found.map((recipe) => [recipe.package, clientOf(recipe)]));

it.skipIf(missing.length === 0)(
  `LIVE5.8 is not tried with ${missing.join(', ')}: apt-get install ${missing.join(' ')}`,
  ({ skip }) => skip(),
);

it.skipIf(found.length === 0)('LIVE5.8 keeps recipes for Python whole across a drain and a kill under deliveries', () =>
  throughRestarts(clients),
);

it.skipIf(found.length === 0)('LIVE5.8 brings recipes for Python back from a connection that has fallen silent', () =>
  throughSilence(clients),
);

it.skipIf(found.length === 0)('LIVE5.8 brings recipes for Python back with a fresh token', async () => {
  const gateway = await TestGateway.start();
  const beginning = (await gateway.query('{ cancellations { head } }')).data!['cancellations'].head as string;
  const all = Object.entries(clients).map(([name, client]) => {
    const token = (nth: number) => makeToken({ expires: nth === 1 ? 8 : 600 });
    return { name, seen: new Seen(client, gateway, { after: beginning, token }) };
  });
  const still = (condition: (seen: Seen) => boolean) => all.filter(({ seen }) => condition(seen));
  // Some libraries take a line separator for the end of a line of the stream.
  const title = 'Noite\u2028de\u0085Choro';
  await gateway.eduzz(canceledTicket('before', { title }));
  await expect.poll(() => still(({ ids }) => !ids.includes('before'))).toEqual([]);
  await expect.poll(() => still(({ tokens }) => tokens < 2)).toEqual([]);
  await gateway.eduzz(ticket('after'));
  await expect.poll(() => still(({ ids }) => ids.at(-1) !== 'after')).toEqual([]);
  for (const { name, seen } of all) {
    expect.soft([seen.ids, seen.errors], name).toEqual([['before', 'after'], []]);
    expect.soft(seen.edges[0]!.node.title, name).toBe(title);
  }
});

it.skipIf(found.length === 0)('LIVE5.8 ends recipes for Python with the reason if they are refused', async () => {
  const gateway = await TestGateway.start();
  const tokens = [() => makeToken({ scope: 'pii:read' }), async () => 'no token'];
  const all = tokens.flatMap((token) =>
    Object.entries(clients).map(([name, client]) => ({ name, seen: new Seen(client, gateway, { token }) })),
  );
  await expect.poll(() => all.filter(({ seen: { errors } }) => errors.length === 0)).toEqual([]);
  for (const { name, seen } of all) {
    expect.soft([seen.errors, seen.tokens], name).toEqual([[expect.stringMatching(/scope|JWT/)], 1]);
  }
});
