import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { ROOT } from './package.ts';

const DEBIANS = '/usr/bin/chromium';
const isRoot = process.getuid?.() === 0;

export interface Chromium {
  readonly path: string;
  /** The variables that it needs besides those of this process. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * One process for all pages of a context, and one for all else, since all pages are our own. To imitate a graphics card takes longer than
 * to draw without one.
 */
const ARGUMENTS = [
  '--process-per-site',
  '--renderer-process-limit=1',
  '--disable-gpu',
  '--in-process-gpu',
  '--enable-features=NetworkServiceInProcess2',
];

/**
 * The one that CHROMIUM names, the one that came with `npm ci`, or else Debian's. Debian's runs the console at a third of the
 * speed.
 */
export async function findChromium(named = process.env['CHROMIUM'], debians = DEBIANS): Promise<Chromium> {
  if (named) return { path: named, env: {} };
  const shipped = await shippedChromium().catch((error: Error) => error);
  if (!(shipped instanceof Error)) return shipped;
  if (!existsSync(debians)) throw shipped;
  return { path: debians, env: {} };
}

export async function launch({ path, env }: Chromium): Promise<Browser> {
  const start = (chromiumSandbox: boolean) =>
    chromium.launch({ executablePath: path, chromiumSandbox, args: ARGUMENTS, env: { ...process.env, ...env } });
  if (isRoot) return start(false);
  // Many a machine allows nobody's processes a sandbox of their own, and only our own pages are opened here.
  return start(true).catch((error: Error) => {
    if (/sandbox/i.test(error.message)) return start(false);
    throw error;
  });
}

/** Out of `@sparticuz/chromium`, once for each of its versions. */
async function shippedChromium(): Promise<Chromium> {
  const shipped = dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')));
  const { version } = JSON.parse(readFileSync(join(shipped, 'package.json'), 'utf8')) as { version: string };
  const folder = join(ROOT, 'node_modules', '.cache', `chromium-${version}`);
  if (!existsSync(folder)) await unpack(folder);
  // Of a machine without Chromium nobody knows which libraries it has, or whether it has fonts.
  const env = { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_FILE: join(folder, 'fonts.conf') };
  return { path: join(folder, 'chromium'), env };
}

/** Beside, and put in its place when it is whole: other test files may want it at the same moment. */
async function unpack(folder: string): Promise<void> {
  const made = `${folder}.${randomUUID()}`;
  mkdirSync(made, { recursive: true });
  const script = `(await import('@sparticuz/chromium')).default.executablePath()`;
  // It unpacks into the folder for temporary files, and its libraries only where it takes the machine for Amazon's.
  const env = { TMPDIR: made, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', `await ${script}`], { cwd: ROOT, env });
  writeFileSync(join(made, 'fonts.conf'), fontsOf(folder));
  try {
    renameSync(made, folder);
  } catch (error) {
    rmSync(made, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
}

function fontsOf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${folder}/fonts</dir>
  <cachedir>${folder}/cache</cachedir>
</fontconfig>
`;
}
