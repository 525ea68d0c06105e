import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const runFile = promisify(execFile);

/** How npm reaches its registry here, and nothing of the `npm test` that runs this: that names our own folder. */
const NPM =
  /^(HOME|npm_config_(registry|cache|userconfig|globalconfig|cafile|ca|strict_ssl|(https?_)?proxy|noproxy)|(https?|no)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE)$/i;

/** Other things that npm does, which say nothing of hookcast. */
const NO_MORE = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' };

/** The PATH of a person's shell: with the machine's own Node, not the one of node_modules. */
export const MACHINE: Readonly<Record<string, string>> = {
  ...NO_MORE,
  ...Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (NPM.test(name) ? [[name, value!]] : [])),
  ),
  PATH: (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !/node_modules|node-gyp-bin/.test(folder))
    .join(delimiter),
};

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, as a person would in that folder. */
export async function runIn(folder: string, file: string, args: readonly string[], env = {}): Promise<Ended> {
  try {
    const ended = await runFile(file, args, { cwd: folder, env: { ...MACHINE, ...env }, maxBuffer: 64 * 1024 * 1024 });
    return { code: 0, ...ended };
  } catch (error) {
    const { code, stdout, stderr } = error as Ended;
    return { code, stdout, stderr };
  }
}

/** The same, and it must go well. */
export async function succeed(folder: string, file: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runIn(folder, file, args);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} failed: ${stdout}${stderr}`);
  return stdout;
}

/** The checkout in a folder of its own, so that building it disturbs nobody; with what may lie about in one. */
export function copyOfCheckout(folder: string): string {
  const copy = join(folder, 'checkout');
  mkdirSync(copy);
  const parts = [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'schema.graphql',
    '.ci',
    'src',
    'console',
    'docs',
    'README.md',
    'LICENSE',
    'SECURITY.md',
  ];
  for (const part of [...parts, '.env.example', '.gitignore']) {
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  for (const other of ['data', 'test', 'bench']) mkdirSync(join(copy, other));
  const left = ['.env', 'data/hookcast.db', 'data/dev-secrets.json', 'hookcast.db-wal', 'hookcast.config.ts'];
  for (const file of [...left, 'test/some.test.ts', 'bench/bench.ts'])
    writeFileSync(join(copy, file), 'not for others');
  return copy;
}

export function newFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'hookcast-package-')));
}
