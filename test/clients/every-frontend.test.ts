import { expect, it } from 'vitest';
import { openPage } from '../support/browser.ts';
import { GatewayProcess } from '../support/child.ts';
import { deliver } from '../support/deliver.ts';
import { environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { canceledTicket } from '../support/live-page.ts';
import { Proxy } from '../support/proxy.ts';
import { type Client, lists } from './clients.ts';
import { idsIn, plainPage, reactPage, tada } from './in-browsers.ts';
import { Seen } from './seen.ts';

const IN_NODE: Readonly<Record<string, Client>> = {
  'Apollo with its HttpLink alone': lists['Apollo over HTTP with its HttpLink alone']!,
  urql: lists['urql over WebSocket']!,
  Relay: lists['Relay over WebSocket']!,
  'gql.tada with follow': tada,
};

it('LIVE5.9 gives every kind of frontend each event once, through a kill and an unannounced cut', async () => {
  const env = environment(temporaryFolder());
  let gateway = await GatewayProcess.start(env);
  const proxy = await Proxy.to(gateway.url);
  const url = proxy.url.replace(/\/$/, '');
  const through = { url, webSocketUrl: `${url.replace('http', 'ws')}/graphql` };
  const log: string[] = [];
  const record = async (id: string) => {
    await deliver(gateway, canceledTicket(id, { title: id }));
    log.push(id);
  };

  const seen = Object.entries(IN_NODE).map(([name, client]) => ({ name, of: new Seen(client, through) }));
  const token = await makeToken();
  const [plain, react] = await Promise.all(
    [plainPage(url, token), await reactPage(token)].map((html) =>
      openPage({ gateway: through, html, expected: /WebSocket|favicon/ }),
    ),
  );
  const shown = async (): Promise<Readonly<Record<string, readonly string[]>>> => ({
    ...Object.fromEntries(seen.map(({ name, of }) => [name, of.ids])),
    'a plain page': await idsIn(plain!),
    'React’s list': await idsIn(react!),
  });
  const without = async (id: string) => Object.entries(await shown()).filter(([, ids]) => ids.at(-1) !== id);

  // Until each of them has begun: some with a list, some with what happens from then on.
  await expect
    .poll(async () => {
      await record(`beginning ${log.length}`);
      return Object.entries(await shown()).filter(([, ids]) => ids.length === 0);
    })
    .toEqual([]);

  await gateway.end('SIGKILL');
  gateway = await GatewayProcess.start({ ...env, PORT: new URL(gateway.url).port });
  await record('after the kill');
  await expect.poll(() => without('after the kill')).toEqual([]);

  proxy.fallSilent();
  await record('in silence');
  proxy.recover();
  await expect.poll(() => without('in silence')).toEqual([]);
  await record('at last');
  await expect.poll(() => without('at last')).toEqual([]);

  for (const [name, ids] of Object.entries(await shown())) {
    expect.soft(ids, name).toEqual(log.slice(log.indexOf(ids[0]!)));
  }
  expect(seen.flatMap(({ of }) => of.errors)).toEqual([]);
});
