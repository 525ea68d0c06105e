import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { initGraphQLTada } from 'gql.tada';
import { createClient } from 'graphql-ws';
import { follow } from 'hookcast/client';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { openPage } from '../support/browser.ts';
import { bundle } from '../support/bundle.ts';
import { GatewayProcess } from '../support/child.ts';
import { deliver } from '../support/deliver.ts';
import { environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { canceledTicket } from '../support/live-page.ts';
import { Proxy } from '../support/proxy.ts';
import { type Client, lists } from './clients.ts';
import { FOLLOW, type Message } from './recipes/documents.ts';
import { Seen } from './seen.ts';

const recipe = (name: string) => fileURLToPath(new URL(`recipes/${name}`, import.meta.url));

/** Its types are another test's; here it is what it makes of a document when it runs. */
const graphql = initGraphQLTada<{ introspection: any }>();

const tada: Client = ({ webSocketUrl, token, after, onMessage, onError }) => {
  const connectionParams = async () => ({ authorization: `Bearer ${await token()}` });
  const following = follow<Message>(createClient({ url: webSocketUrl, connectionParams, retryAttempts: 0 }), {
    query: graphql(FOLLOW),
    after,
    onMessage,
    onGap: onError,
  });
  following.ended.catch(onError);
  return () => following.stop();
};

const IN_NODE: Readonly<Record<string, Client>> = {
  'Apollo with its HttpLink alone': lists['Apollo over HTTP with its HttpLink alone']!,
  urql: lists['urql over WebSocket']!,
  Relay: lists['Relay over WebSocket']!,
  'gql.tada with follow': tada,
};

/** The page of FRONTENDS.md without a build step. */
function plainPage(url: string, token: string): string {
  return readFileSync(recipe('page.html'), 'utf8').replace('http://127.0.0.1:4000', url).replace('YOUR TOKEN', token);
}

/** A page with the list of FRONTENDS.md for React. */
async function reactPage(token: string): Promise<string> {
  const script = await bundle(
    `import { createElement } from 'react';
    import { createRoot } from 'react-dom/client';
    import { App } from '${recipe('react.tsx')}';
    const url = location.origin.replace('http', 'ws') + '/graphql';
    createRoot(document.querySelector('#root')).render(createElement(App, { url, token: async () => '${token}' }));`,
    { NODE_ENV: 'development', external: [], minify: false },
  );
  return `<!doctype html><div id="root"></div><script type="module">${script.replaceAll('</script', '<\\/script')}</script>`;
}

/** What its items say, the oldest first. The tests' tickets have their id for a title. */
async function idsIn(page: Page): Promise<readonly string[]> {
  const items = await page.getByRole('listitem').allTextContents();
  return items.map((text) => text.split(':')[0]!).toReversed();
}

it('LIVE5.9 gives every kind of frontend each event once, through a kill and a cut that nobody is told of', async () => {
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
