import { signToken } from '../auth/sign-token.ts';
import { readEnvironment, readSigningSecrets, readTokenForm } from '../config-parts.ts';
import { isLoopback } from '../loopback.ts';
import { buildConsole } from './console.ts';
import { DAYS } from './day.ts';
import { type DevSecrets, devSecretsFile, keepDevSecrets } from './dev-secrets.ts';
import { createLogger } from './logger.ts';
import { runGateway } from './run-gateway.ts';
import { sendDay } from './send.ts';
import { readSettings } from './sources.ts';
import { CommandError, type GatewayTerminal, type Terminal, howToCall } from './terminal.ts';

const DAY = 24 * 60 * 60;
const EVERYTHING = { tenant: ['*'], scope: 'events:read pii:read raw:read ops', expires: DAY };

/** `hookcast dev`: the gateway with throw-away secrets where none are set, a signed-in console, and GraphiQL. */
export async function dev(terminal: GatewayTerminal, { withADay = false } = {}): Promise<void> {
  const file = devSecretsFile(terminal);
  const secrets = keepDevSecrets(file);
  const read = async (anew: boolean) => {
    const env = readEnvironment(terminal.env);
    const makeToken = tokenMaker(env, secrets);
    // A visitor from another machine would get the token with the page.
    const isOpen = !isLoopback(env['HOST']?.trim() || '127.0.0.1');
    const settings = await readSettings(
      {
        ...env,
        EDUZZ_SECRETS: env['EDUZZ_SECRETS'] || secrets.eduzzSecret,
        WIX_PUBLIC_KEYS: env['WIX_PUBLIC_KEYS'] || secrets.wixPublicKey,
        // The gateway verifies with the secret that dev signs with, unless another issuer signs the tokens or AUTH_SECRETS is
        // set.
        AUTH_SECRET: makeToken && !env['AUTH_SECRETS'] ? env['AUTH_SECRET'] || secrets.authSecret : undefined,
        // During development, pages are served from anywhere. Pages of other origins need a token, since a session is valid
        // only for the gateway's own pages.
        ALLOWED_ORIGINS: env['ALLOWED_ORIGINS'] || '*',
        LOG_LEVEL: env['LOG_LEVEL'] || 'warn',
        // No balancer has to be warned first, and Ctrl-C should end the gateway at once.
        DRAIN_NOTICE_SECONDS: env['DRAIN_NOTICE_SECONDS'] || '0',
        DRAIN_SPREAD_SECONDS: env['DRAIN_SPREAD_SECONDS'] || '0',
      },
      { dev: { token: isOpen ? null : makeToken }, anew },
    );
    return { ...settings, makeToken, isOpen };
  };
  const settings = await read(false);
  const { config, sources, isOwn, makeToken, isOpen } = settings;
  const logger = createLogger(config.logLevel, terminal.stderr);
  const { print } = terminal;
  const hasConsole = config.console && (await buildConsole(terminal));
  await runGateway({ settings, read: () => read(true), logger, say: print }, terminal, async (gateway) => {
    const url = fromHere(gateway.url);
    const token = makeToken && (await makeToken());
    const at = config.port === 4000 && config.host === '127.0.0.1' ? [] : ['--url', url];
    if (!isOwn) print(`hookcast is running, with throw-away secrets (${file}).`);
    else print(`hookcast is running, with the sources of your own file and the secrets that it gives them.`);
    if (withADay) await fill(url, terminal);
    print('');
    for (const line of [...settings.warnings, ...(isOpen ? openTo(config.host) : [])]) print(`  ! ${line}`);
    if (settings.warnings.length > 0 || isOpen) print('');
    if (hasConsole) {
      // The part after # is sent to no server, so it gets into no log.
      print(`  Console    ${url}/console${token === null ? '' : `#token=${token}`}`);
      print('');
    }
    print(`  GraphiQL   ${url}/graphql`);
    print(`  GraphQL    ${url}/graphql (POST, SSE, and ${url.replace('http', 'ws')}/graphql)`);
    for (const source of sources.keys()) print(`  ${source.padEnd(10)} ${url}/webhooks/${source}`);
    if (token !== null) {
      print('');
      print('A token for a day, every tenant and every scope:');
      print('');
      print(`  ${token}`);
    }
    print('');
    const given = givenDatabase(terminal);
    const sampled = [...sources].filter(([, { samples }]) => samples.length > 0);
    print(sampled.length > 0 ? 'Try, in another terminal:' : NO_SAMPLES);
    print('');
    for (const [source] of sampled) print(`  ${given}${howToCall('send', source, ...at)}`);
    if (sampled.length > 0) print('');
  });
}

const NO_SAMPLES = 'To try it with "hookcast send", give one of your providers `samples`.';

/**
 * Sends a sample day. If the gateway refuses it, for example since the user has set other secrets, the gateway keeps running.
 */
async function fill(url: string, terminal: GatewayTerminal): Promise<void> {
  try {
    await sendDay(Object.keys(DAYS), url, terminal);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    terminal.print(`The day could not be filled. ${error.message}`);
  }
}

/** Null if tokens can't be made here: that needs a secret, from the settings or from dev itself. */
function tokenMaker(env: Terminal['env'], secrets: DevSecrets): (() => Promise<string>) | null {
  const { AUTH_JWKS_URL, AUTH_PUBLIC_KEY } = env;
  if (AUTH_JWKS_URL || AUTH_PUBLIC_KEY) return null;
  return () =>
    signToken({ secret: readSigningSecrets(env)[0] ?? secrets.authSecret, ...readTokenForm(env) }, EVERYTHING);
}

function openTo(host: string): readonly string[] {
  return [
    `It listens on ${host}, so other machines reach it: anybody who has the token sees everything, and the secrets are only for trying`,
    'things out. GraphiQL is not signed in. Without HOST it listens only on this machine.',
  ];
}

/** The DATABASE_URL that `send` needs: the secrets that it signs with are beside the log. */
function givenDatabase({ env }: Terminal): string {
  const url = env['DATABASE_URL'];
  if (!url?.startsWith('sqlite:') || devSecretsFile({ env }) === devSecretsFile({ env: {} })) return '';
  return `DATABASE_URL=${quoted(url)} `;
}

/** Quotes a text so that a shell takes it as one word. */
function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A browser can't open the address that stands for all addresses of the machine. */
function fromHere(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}
