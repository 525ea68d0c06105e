import { hash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { type Encoding, compress } from './encoding.ts';

/** The types of files that are served, and whether each is worth compressing. */
const TYPES: Readonly<Record<string, readonly [type: string, isText: boolean]>> = {
  '.html': ['text/html; charset=utf-8', true],
  '.js': ['text/javascript; charset=utf-8', true],
  '.css': ['text/css; charset=utf-8', true],
  '.svg': ['image/svg+xml', true],
  '.woff2': ['font/woff2', false],
  '.txt': ['text/plain; charset=utf-8', true],
  '.png': ['image/png', false],
  '.ico': ['image/x-icon', false],
  '.webp': ['image/webp', false],
  '.webmanifest': ['application/manifest+json', true],
};
/** Such a name contains a hash of the content, so that no other content ever has this name. */
const HASHED = /^(?:assets\/|client-).*-[\w-]{8}\.\w+$/;

/** The files of the built console, by path below `/console/`. No other file can be asked for. */
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>;

/** One file, in memory. */
export class ConsoleFile {
  readonly type: string;
  readonly isText: boolean;
  readonly isHashed: boolean;
  readonly bytes: Buffer;
  readonly #hash: string;
  readonly #compressed = new Map<Encoding, Promise<Buffer>>();

  constructor(path: string, [type, isText]: readonly [string, boolean], bytes: Buffer) {
    this.type = type;
    this.isText = isText;
    this.isHashed = HASHED.test(path);
    this.bytes = bytes;
    this.#hash = hash('sha256', bytes, 'base64url').slice(0, 22);
  }

  /** The entity tag. Each encoding has other bytes, and thus another tag. */
  tag(encoding: Encoding | null): string {
    return `"${this.#hash}${encoding === null ? '' : `-${encoding}`}"`;
  }

  /** The content in an encoding. It is compressed at the first request, and kept. */
  body(encoding: Encoding | null): Promise<Buffer> {
    if (encoding === null) return Promise.resolve(this.bytes);
    const known = this.#compressed.get(encoding);
    if (known) return known;
    const made = compress(this.bytes, encoding);
    this.#compressed.set(encoding, made);
    return made;
  }
}

/** Reads the files that were built into the folder. Null if there are none. */
export function readConsole(folder: string): ConsoleFiles | null {
  const files = new Map<string, ConsoleFile>();
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const type = TYPES[extname(entry.name)];
      if (!entry.isFile() || !type) continue;
      const file = join(entry.parentPath, entry.name);
      const path = relative(folder, file).replaceAll(sep, '/');
      files.set(path, new ConsoleFile(path, type, readFileSync(file)));
    }
  } catch (error) {
    // There is no console, or it is being built at this moment.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return files.has('index.html') ? files : null;
}
