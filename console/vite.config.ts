import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { fingerprint } from '../src/commands/console.ts';
import { clientModule } from './client-module.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Computed before the build begins. A change during the build makes the result stale. */
const builtFrom = fingerprint();

export default defineConfig({
  root: at('.'),
  base: '/console/',
  resolve: {
    alias: {
      'hookcast/client': at('../src/client/follow.ts'),
      // The router brings a copy for versions of React that lack it.
      'use-sync-external-store/shim/index.js': 'react',
    },
  },
  // For work on the console: `npx vite console` beside `npm run dev`.
  server: {
    proxy: {
      '/graphql': { target: 'http://127.0.0.1:4000', ws: true },
      '^/console/(sessions?|provider|callback)(\\?|$)': { target: 'http://127.0.0.1:4000' },
    },
  },
  build: {
    outDir: at('../dist/console'),
    emptyOutDir: true,
    // The page's content security policy allows no data: URL and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Browsers that know light-dark(), which the styles need.
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
  },
  plugins: [
    clientModule(),
    {
      name: 'short-documents',
      // Blanks mean little in GraphQL, and `@_unmask` only matters to the types. No document contains a comment or a string.
      transform: (code) =>
        code.replace(/\bgraphql\(\s*`[^`#"]*`/g, (document) =>
          document
            .replaceAll(' @_unmask', '')
            .replace(/\s+/g, ' ')
            .replace(/ ?([{}():,!]|\.{3}) ?/g, '$1'),
        ),
    },
    {
      name: 'built-from',
      // By this element `hookcast dev` knows what the page was built from.
      transformIndexHtml: () => [{ tag: 'meta', attrs: { name: 'built-from', content: builtFrom }, injectTo: 'head' }],
    },
  ],
});
