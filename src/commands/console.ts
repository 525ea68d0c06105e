import { fork } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { PACKAGE } from '../version.ts';
import type { Terminal } from './terminal.ts';

const ROOT = fileURLToPath(PACKAGE);
/** Everything that the console is built from. The lockfile stands for the packages in it and for the build tools. */
const INPUTS = ['console', join('src', 'client'), 'schema.graphql', 'package-lock.json'];
/** How long a build may take, in milliseconds. */
const PATIENCE = 120_000;

/**
 * Builds the console in a checkout that has none, or one that was built from other sources. If the build fails, it prints the
 * reason, and the command continues. In an installed package there is nothing to build.
 *
 * @returns whether there is a console to serve.
 */
export async function buildConsole({ env, print }: Pick<Terminal, 'env' | 'print'>, root = ROOT): Promise<boolean> {
  const page = join(root, 'dist', 'console', 'index.html');
  if (!existsSync(join(root, 'console', 'vite.config.ts'))) return existsSync(page);
  const wasThere = existsSync(page);
  if (wasThere && builtFrom(page) === fingerprint(root)) return true;
  print(
    `Building the console (${wasThere ? 'its sources have changed' : 'it was not built yet'}). This takes about 3 s …`,
  );
  const failure = await build(env, root);
  const isThere = existsSync(page);
  if (failure !== null) {
    print(`The console can't be built: ${failure}`);
    print(`It is ${isThere ? 'the one that was built before' : 'left out'}. "npm run build" says more.`);
  }
  return isThere;
}

/** The hash of the console's sources in a checkout. Times of files would not tell changes, since git gives files new times. */
export function fingerprint(root = ROOT): string {
  const hash = createHash('sha256');
  for (const file of INPUTS.flatMap((input) => filesOf(root, input)).toSorted()) {
    const bytes = readFileSync(join(root, file));
    hash.update(`${file.replaceAll(sep, '/')}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex').slice(0, 32);
}

function filesOf(root: string, input: string): readonly string[] {
  const path = join(root, input);
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [input];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(input, entry.parentPath.slice(path.length), entry.name));
}

/** The hash of the sources that the page was built from, as the page says (console/vite.config.ts). */
function builtFrom(page: string): string | null {
  return /<meta name="built-from" content="(\w+)"/.exec(readFileSync(page, 'utf8'))?.[1] ?? null;
}

/**
 * Builds into another folder, which replaces the old one when it is complete: some failed builds leave half of the files.
 *
 * @returns why it failed, or null.
 */
async function build(env: Terminal['env'], root: string): Promise<string | null> {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  if (!existsSync(vite)) return 'vite is not installed here. Run "npm ci".';
  const dist = join(root, 'dist');
  const made = join(dist, `.console-${randomUUID()}`);
  mkdirSync(made, { recursive: true });
  const failure = await run(
    vite,
    ['build', 'console', '--logLevel', 'warn', '--outDir', made, '--emptyOutDir'],
    env,
    root,
  );
  if (failure === null) {
    rmSync(join(dist, 'console'), { recursive: true, force: true });
    renameSync(made, join(dist, 'console'));
  } else rmSync(made, { recursive: true, force: true });
  return failure;
}

function run(vite: string, args: readonly string[], env: Terminal['env'], cwd: string): Promise<string | null> {
  return new Promise((resolve) => {
    // A fork runs on this process's own Node. It always makes the production build, even if the shell sets NODE_ENV.
    const child = fork(vite, args, {
      cwd,
      env: { ...env, NODE_ENV: 'production' },
      execArgv: [],
      silent: true,
      timeout: PATIENCE,
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += String(chunk)));
    child.on('error', ({ message }) => resolve(message));
    child.on('close', (code, signal) => resolve(code === 0 ? null : (reasonOf(said) ?? signal ?? `exit code ${code}`)));
  });
}

/** The line of vite's output that says what is wrong, and where. */
function reasonOf(said: string): string | undefined {
  const [, told = ''] = stripVTControlCharacters(said).split(/^error during build:$/m);
  const reason = told.split('\n').find((line) => line.trim() !== '' && !line.startsWith('Build failed with'));
  const place = /\[ (\S+:\d+:\d+) \]/.exec(told)?.[1];
  return place === undefined ? reason : `${reason} (${place})`;
}
