/** A delivery that somebody kept in a file: a request as it came over the wire, or its body alone. */
export interface Captured {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Of its first line, where the file has it; what is signed may hold them. */
  readonly method?: string;
  readonly target?: string;
}

const REQUEST_LINE = /^([A-Z]+) (\S+) HTTP\/[\d.]+$/;
const HEADER = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*)$/;

/** Reads lines of headers, an empty line and the body; or only a body, when no header stands first. */
export function parseCaptured(bytes: Buffer): Captured {
  const headers: Record<string, string> = {};
  let first: { readonly method?: string; readonly target?: string } = {};
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(0x0a, from);
    const line = bytes.toString('latin1', from, end === -1 ? bytes.length : end).replace(/\r$/, '');
    const next = end === -1 ? bytes.length : end + 1;
    const header = HEADER.exec(line);
    if (line === '' && from > 0) return { headers, body: bytes.subarray(next), ...first };
    if (header) headers[header[1]!.toLowerCase()] = header[2]!.trim();
    else {
      const [, method, target] = from === 0 ? (REQUEST_LINE.exec(line) ?? []) : [];
      if (method === undefined || target === undefined) break;
      first = { method, target };
    }
    from = next;
  }
  return { headers: {}, body: bytes };
}

/** The same with what editors and terminals do to a body taken back, each with what it was. */
export function* mended({ body, ...request }: Captured): Generator<Captured & { readonly how: string }> {
  const text = body.toString('latin1');
  const variants = [
    ['without the line break at its end', text.replace(/\r?\n$/, '')],
    ['without the blanks at its end', text.trimEnd()],
    ['with line breaks of one character', text.replaceAll('\r\n', '\n')],
    ['with line breaks of one character, and none at its end', text.replaceAll('\r\n', '\n').trimEnd()],
  ] as const;
  for (const [how, variant] of variants) {
    if (variant !== text) yield { ...request, body: Buffer.from(variant, 'latin1'), how };
  }
}
