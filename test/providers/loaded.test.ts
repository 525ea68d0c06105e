import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const SOURCES = new URL('../../src/sources.ts', import.meta.url).href;

/** Makes the one source that is set, and prints which files of providers' folders were loaded for it. */
const SCRIPT = `
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
  const { createSources } = await import(${JSON.stringify(SOURCES)});
  await createSources([{ name: 'kiwify', provider: 'kiwify', secrets: ['a token of the suite'] }]);
  const inside = loaded.filter((url) => /providers\\/(?!verify\\/)[\\w-]+\\//.test(url) && !url.endsWith('/source.ts'));
  console.log(JSON.stringify(inside.map((url) => url.split('/providers/')[1])));
`;

it('OPS2.15 loads the code of those providers alone that are a source', async () => {
  const node = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));
  const options = ['--conditions=hookcast-source', '--input-type=module', '--eval', SCRIPT];
  const { stdout } = await promisify(execFile)(node, options);
  const files = JSON.parse(stdout) as string[];
  expect(files).toContain('kiwify/kiwify.ts');
  expect(files.filter((file) => !file.startsWith('kiwify/'))).toEqual([]);
});
