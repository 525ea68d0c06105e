import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { openPage } from '../support/browser.ts';
import { CLIENT, bundle } from '../support/bundle.ts';
import { GatewayProcess } from '../support/child.ts';
import { deliver } from '../support/deliver.ts';
import { environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { canceledTicket } from '../support/live-page.ts';

/** Where the packages are: relay-compiler has 118 MB, too much for a checkout. */
const PLACE = process.env['RELAY'] ?? '';
const hasRelay = existsSync(join(PLACE, 'node_modules/react-relay'));

it.skipIf(hasRelay)(
  'GQL2.8 is not tried with relay-compiler: npm install --prefix FOLDER react-relay@21 relay-compiler@21, and RELAY=FOLDER',
  ({ skip }) => skip(),
);

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** The documents of FRONTENDS.md. */
const documents =
  readFileSync(here('../../docs/FRONTENDS.md'), 'utf8').split('```js\n// List.js')[1]?.split('```')[0] ?? '';

const App = (token: string) => `
  import { createElement as h, StrictMode, Suspense, useMemo, useState } from 'react';
  import { createRoot } from 'react-dom/client';
  import { RelayEnvironmentProvider, useLazyLoadQuery, usePaginationFragment, useSubscription } from 'react-relay';
  import { createClient } from 'graphql-ws';
  import { createRelay } from '${here('../clients/recipes/relay.ts')}';
  import { overWebSocket } from '${here('../clients/recipes/websocket.ts')}';
  import query from 'generated/ListQuery.graphql.js';
  import page from 'generated/List_page.graphql.js';
  import follow from 'generated/ListFollowSubscription.graphql.js';

  function List({ shown }) {
    const { data, loadPrevious } = usePaginationFragment(page, shown);
    const { __id, head, pageInfo, edges } = data.cancellations;
    const [variables] = useState({ after: pageInfo.endCursor ?? head, connections: [__id] });
    useSubscription(useMemo(() => ({ subscription: follow, variables }), [variables]));
    const items = edges.map(({ node }) => h('li', { key: node.id }, node.eventId));
    return h('section', null, h('button', { onClick: () => loadPrevious(2) }, 'Older'), h('ol', null, ...items));
  }
  function Page() {
    const [times, setTimes] = useState(0);
    const shown = useLazyLoadQuery(query, {}, { fetchPolicy: 'store-or-network' });
    return h('main', null, h('button', { onClick: () => setTimes(times + 1) }, 'Anew'), h(List, { key: times, shown }));
  }
  const token = async () => '${token}';
  const url = location.origin + '/graphql';
  const environment = createRelay(url, token, overWebSocket(url.replace('http', 'ws'), token));
  createRoot(document.querySelector('#root')).render(
    h(StrictMode, null, h(RelayEnvironmentProvider, { environment }, h(Suspense, { fallback: 'Loading' }, h(Page)))),
  );`;

it.runIf(hasRelay)(
  'GQL2.8 keeps a list of relay-compiler and usePaginationFragment whole, with live events from @appendNode',
  async () => {
    const folder = mkdtempSync(join(PLACE, 'test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'src/List.js'), documents);
    const config = { src: './src', schema: here('../../schema.graphql'), language: 'javascript', eagerEsModules: true };
    writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(config));
    execFileSync(join(PLACE, 'node_modules/.bin/relay-compiler'), ['relay.config.json'], { cwd: folder });
    const modules = (name: string) => here(`../../node_modules/${name}`);
    const script = await bundle(App(await makeToken()), {
      NODE_ENV: 'development',
      external: [],
      minify: false,
      alias: {
        generated: join(folder, 'src/__generated__'),
        'react-relay': join(PLACE, 'node_modules/react-relay'),
        'relay-runtime': join(PLACE, 'node_modules/relay-runtime'),
        'react/jsx-runtime': modules('react/jsx-runtime.js'),
        react: modules('react'),
        'hookcast/resuming': `${CLIENT}resuming.ts`,
        'hookcast/silence': `${CLIENT}silence.ts`,
      },
    });

    const env = environment(temporaryFolder());
    let gateway = await GatewayProcess.start(env);
    const record = (id: string) => deliver(gateway, canceledTicket(id));
    for (const id of ['1', '2', '3', '4', '5']) await record(id);
    const html = `<!doctype html><div id="root"></div><script type="module">${script.replaceAll('</script', '<\\/script')}</script>`;
    const page = await openPage({ gateway, html, expected: /WebSocket|favicon/ });
    const items = () => expect.poll(() => page.locator('li').allTextContents());
    await items().toEqual(['4', '5']);
    await record('6');
    await items().toEqual(['4', '5', '6']);
    await page.getByRole('button', { name: 'Older' }).click();
    await items().toEqual(['2', '3', '4', '5', '6']);
    await gateway.end('SIGKILL');
    gateway = await GatewayProcess.start({ ...env, PORT: new URL(gateway.url).port });
    await record('7');
    await items().toEqual(['2', '3', '4', '5', '6', '7']);
    // Follows anew, from the end of the page that was read: what comes again is there already.
    await page.getByRole('button', { name: 'Anew' }).click();
    await record('8');
    await items().toEqual(['2', '3', '4', '5', '6', '7', '8']);
    await page.getByRole('button', { name: 'Older' }).click();
    await items().toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
  },
);
