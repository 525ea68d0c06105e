import { buildConsole } from './console.ts';
import { devSecretsFile, keepDevSecrets } from './dev-secrets.ts';
import { createLogger } from './logger.ts';
import { runGateway } from './run-gateway.ts';
import { readSettings } from './sources.ts';
import { type Terminal, howToCall } from './terminal.ts';
import { signToken } from './token.ts';

const DAY = 24 * 60 * 60;
const EVERYTHING = { tenant: ['*'], scope: 'events:read pii:read raw:read ops', expires: DAY };

/** `hookcast dev`: the gateway with throw-away secrets where none are set, the console signed in, and GraphiQL. */
export async function dev(terminal: Terminal): Promise<void> {
  const file = devSecretsFile(terminal);
  const secrets = keepDevSecrets(file);
  const { AUTH_JWKS_URL, AUTH_PUBLIC_KEY, AUTH_SECRET, AUTH_ISSUER, AUTH_AUDIENCE } = terminal.env;
  // Tokens can be made here only with a secret, whoever set it.
  const ownTokens = !AUTH_JWKS_URL && !AUTH_PUBLIC_KEY;
  const secret = AUTH_SECRET || secrets.authSecret;
  const makeToken = () => signToken({ secret, issuer: AUTH_ISSUER, audience: AUTH_AUDIENCE }, EVERYTHING);
  const { config, sources, isOwn } = await readSettings(
    {
      ...terminal.env,
      EDUZZ_SECRETS: terminal.env['EDUZZ_SECRETS'] || secrets.eduzzSecret,
      WIX_PUBLIC_KEYS: terminal.env['WIX_PUBLIC_KEYS'] || secrets.wixPublicKey,
      AUTH_SECRET: ownTokens ? secret : undefined,
      // Tokens are no cookies, and whoever tries things out serves pages from anywhere.
      ALLOWED_ORIGINS: terminal.env['ALLOWED_ORIGINS'] || '*',
      LOG_LEVEL: terminal.env['LOG_LEVEL'] || 'warn',
      // Nobody has to be kept away first, and Ctrl-C should end it now.
      DRAIN_NOTICE_SECONDS: terminal.env['DRAIN_NOTICE_SECONDS'] || '0',
      DRAIN_SPREAD_SECONDS: terminal.env['DRAIN_SPREAD_SECONDS'] || '0',
    },
    { token: ownTokens ? makeToken : async () => '' },
  );
  const logger = createLogger(config.logLevel, 'stderr');
  const { print } = terminal;
  const hasConsole = config.console && (await buildConsole(terminal));
  await runGateway({ config, sources, logger }, terminal, async (gateway) => {
    const url = fromHere(gateway.url);
    const token = ownTokens ? await makeToken() : null;
    const at = config.port === 4000 && config.host === '127.0.0.1' ? [] : ['--url', url];
    if (!isOwn) print(`hookcast is running, with throw-away secrets (${file}).`);
    else print(`hookcast is running, with the sources of your own file and the secrets that it gives them.`);
    print('');
    if (hasConsole) {
      // What stands behind # is sent to no server, and so stands in nobody's log.
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
    print('Try, in another terminal:');
    print('');
    const given = givenDatabase(terminal);
    for (const [source, { samples }] of sources) {
      if (samples.length > 0) print(`  ${given}${howToCall('send', source, ...at)}`);
    }
    print('');
  });
  logger.flush();
}

/** What `send` has to be given as well: beside the log lie the secrets that it signs with. */
function givenDatabase({ env }: Terminal): string {
  const url = env['DATABASE_URL'];
  if (!url?.startsWith('sqlite:') || devSecretsFile({ env }) === devSecretsFile({ env: {} })) return '';
  return `DATABASE_URL=${quoted(url)} `;
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A browser on this machine can't open the address that stands for all of its own. */
function fromHere(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}
