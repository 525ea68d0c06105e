import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { initGraphQLTada } from 'gql.tada';
import { createClient } from 'graphql-ws';
import { follow } from 'hookcast/client';
import type { Page } from 'playwright-core';
import { bundle } from '../support/bundle.ts';
import type { Client } from './clients.ts';
import { FOLLOW, type Message } from './recipes/documents.ts';

const recipe = (name: string) => fileURLToPath(new URL(`recipes/${name}`, import.meta.url));

/** Its types have a test of their own. This one runs it on a document. */
const graphql = initGraphQLTada<{ introspection: any }>();

/** gql.tada's documents with `follow`. */
export const tada: Client = ({ webSocketUrl, token, after, onMessage, onError }) => {
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

/** The page of FRONTENDS.md without a build step. @param webSocketUrl unless it is the gateway's own. */
export function plainPage(url: string, token: string, webSocketUrl?: string): string {
  const page = readFileSync(recipe('page.html'), 'utf8').replace('http://127.0.0.1:4000', url);
  return page.replace(`'YOUR TOKEN'`, `'${token}'${webSocketUrl ? `, url: '${webSocketUrl}'` : ''}`);
}

/** A page with the list of FRONTENDS.md for React. */
export async function reactPage(token: string): Promise<string> {
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

/** The titles of its items, the oldest first. The tests' tickets have their id as title. */
export async function idsIn(page: Page): Promise<readonly string[]> {
  const items = await page.getByRole('listitem').allTextContents();
  return items.map((text) => text.split(':')[0]!).toReversed();
}
