import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readDatabaseUrl } from '../config-parts.ts';
import { CommandError, type Terminal, howToCall } from './terminal.ts';

/** Secrets that protect nothing. They are for trying the gateway out, and are kept so that `send` and `token` find them. */
export interface DevSecrets {
  readonly eduzzSecret: string;
  readonly wixPrivateKey: KeyObject;
  readonly wixPublicKey: string;
  readonly authSecret: string;
}

const stored = z.object({
  eduzzSecret: z.string(),
  wixPrivateKey: z.string(),
  wixPublicKey: z.string(),
  authSecret: z.string(),
});

/** Makes new secrets without saving them. */
export function makeDevSecrets(): DevSecrets {
  return open(generate());
}

/** Reads the secrets of the data folder. If there are none, makes and saves them. */
export function keepDevSecrets(file: string): DevSecrets {
  if (existsSync(file)) return readDevSecrets(file);
  const secrets = generate();
  if (!existsSync(dirname(file))) mkdirSync(dirname(file), { mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  // The mode above is only for a new file, and subject to the umask.
  chmodSync(file, 0o600);
  return open(secrets);
}

/** @throws {CommandError} when there are none. */
export function readDevSecrets(file: string): DevSecrets {
  if (!existsSync(file)) {
    throw new CommandError(
      `There are no secrets in ${file}. Start the gateway with "${howToCall('dev')}" first, or give the DATABASE_URL that it has.`,
    );
  }
  const parsed = stored.safeParse(parseJson(readFileSync(file, 'utf8')));
  if (!parsed.success)
    throw new CommandError(`${file} can't be read. Delete it, and "${howToCall('dev')}" makes a new one.`);
  return open(parsed.data);
}

/** The file is beside the log. If the log is not a file, it is where the default log would be. */
export function devSecretsFile({ env }: Pick<Terminal, 'env'>): string {
  const url = readDatabaseUrl(env);
  const file = url.startsWith('sqlite:') ? url : readDatabaseUrl({});
  return join(dirname(file.slice('sqlite:'.length)), 'dev-secrets.json');
}

function generate(): z.infer<typeof stored> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    eduzzSecret: `dev_${randomBytes(24).toString('base64url')}`,
    wixPrivateKey: privateKey,
    wixPublicKey: publicKey,
    authSecret: randomBytes(32).toString('base64url'),
  };
}

function open(secrets: z.infer<typeof stored>): DevSecrets {
  return { ...secrets, wixPrivateKey: createPrivateKey(secrets.wixPrivateKey) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
