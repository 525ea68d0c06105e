import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Plugin, build } from 'vite';

const ENTRY = fileURLToPath(new URL('../src/client/page.ts', import.meta.url));

/**
 * Builds, beside the console, the module that pages without a build step import from the gateway. Its name has the version and a hash of
 * its content, so it may be cached forever.
 */
export function clientModule(): Plugin {
  let outDir = '';
  return {
    name: 'client-module',
    apply: 'build',
    configResolved: (config) => void (outDir = config.build.outDir),
    closeBundle: async () => {
      const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
        version: string;
      };
      await build({
        configFile: false,
        logLevel: 'warn',
        build: {
          outDir,
          emptyOutDir: false,
          target: 'es2022',
          modulePreload: false,
          rolldownOptions: {
            input: ENTRY,
            preserveEntrySignatures: 'strict',
            output: { entryFileNames: `client-${version}-[hash].js` },
          },
        },
      });
    },
  };
}
