import type { Command } from 'commander';
import type { ListingTerminal } from '../terminal.ts';

/** The options that say where a command does its work. */
export interface Elsewhere {
  readonly url?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly plainHttp?: boolean;
}

/** Adds the options for running an operator's command on a remote gateway. @param needs what the token must have. */
export function elsewhere(command: Command, needs = 'the scope ops for every tenant'): Command {
  return command
    .option(
      '--url <url>',
      'do it on the gateway at this address, instead of the log of DATABASE_URL (default: HOOKCAST_URL)',
    )
    .option(
      '--token-file <file>',
      `the file of a token with ${needs}; - is standard input (default: HOOKCAST_TOKEN_FILE)`,
    )
    .option('--token <token>', 'the token itself; other users of this machine can see it (default: HOOKCAST_TOKEN)')
    .option('--plain-http', 'send the token also to an address that is not encrypted');
}

/** The terminal, with the options of the command line in place of the variables. */
export function at(
  { url, token, tokenFile, plainHttp }: Elsewhere,
  { env, print, wantsMore }: ListingTerminal,
): ListingTerminal {
  const isTokenSaid = token !== undefined || tokenFile !== undefined;
  return {
    print,
    wantsMore,
    env: {
      ...env,
      ...(url !== undefined && { HOOKCAST_URL: url }),
      ...(isTokenSaid && { HOOKCAST_TOKEN: token, HOOKCAST_TOKEN_FILE: tokenFile }),
      ...(plainHttp === true && { HOOKCAST_PLAIN_HTTP: 'on' }),
    },
  };
}
