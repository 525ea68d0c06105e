import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export const CLIENT = fileURLToPath(new URL('../../src/client/', import.meta.url));

interface BundleOptions {
  readonly NODE_ENV: string;
  readonly external: readonly string[];
  readonly minify: boolean;
  /** Where modules are that are not found by their names. */
  readonly alias?: Readonly<Record<string, string>>;
}

/** The output of bundlers for a module. */
export async function bundle(code: string, { NODE_ENV, external, minify, alias = {} }: BundleOptions): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': JSON.stringify(NODE_ENV) },
    resolve: {
      alias: {
        'hookcast/react': `${CLIENT}react.ts`,
        'hookcast/tabs': `${CLIENT}tabs.ts`,
        'hookcast/client': `${CLIENT}follow.ts`,
        ...alias,
      },
    },
    plugins: [
      {
        name: 'entry',
        enforce: 'pre',
        resolveId: (id) => (id === 'entry.js' ? '\0entry.js' : null),
        load: (id) => (id === '\0entry.js' ? code : null),
      },
    ],
    build: {
      write: false,
      minify,
      target: 'es2022',
      modulePreload: { polyfill: false },
      rolldownOptions: { input: 'entry.js', preserveEntrySignatures: 'strict', external: [...external] },
    },
  });
  const { output } = result as { output: readonly { readonly code?: string }[] };
  return output.map(({ code = '' }) => code).join('');
}
