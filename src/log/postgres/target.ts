/** What a `postgres://` URL names: the servers to try in turn, and how to speak to them. */
export interface Target {
  readonly hosts: readonly Host[];
  /** The URL of one host: the user, the database and the options are the same for all. */
  urlOf(host: Host): string;
}

export interface Host {
  /** A name, an address, or the folder of a Unix socket. */
  readonly name: string;
  readonly port: number;
}

const FORM = /^(?<before>postgres(?:ql)?:\/\/(?:[^/?#]*@)?)(?<hosts>[^/?#@]*)(?<behind>.*)$/s;

/**
 * Reads `postgres://user:password@one:5432,two:5432/database?sslmode=verify-full`.
 *
 * @throws {TypeError} when it is none. The message has nothing of the URL, which holds a password.
 */
export function parseTarget(url: string): Target {
  const { before = '', hosts: list = '', behind = '' } = FORM.exec(url)?.groups ?? {};
  const hosts = list.split(',').map(parseHost);
  const urlOf = ({ name, port }: Host) =>
    `${before}${name.startsWith('/') ? 'localhost' : bracketed(name)}:${port}${behind}`;
  const [first] = hosts;
  if (!first || before === '' || !URL.canParse(urlOf(first))) throw new TypeError('not a postgres:// URL');
  return { hosts, urlOf };
}

function parseHost(text: string): Host {
  const { name = '', port = '5432' } = /^(?<name>\[[^\]]*\]|[^:]*)(?::(?<port>\d+))?$/.exec(text)?.groups ?? {};
  if (name === '' && text !== '') throw new TypeError('not a postgres:// URL');
  return { name: decodeURIComponent(name.replace(/^\[(.*)\]$/, '$1')) || 'localhost', port: Number(port) };
}

function bracketed(name: string): string {
  return name.includes(':') ? `[${name}]` : name;
}
