/** A delivery that was saved to a file: an HTTP request, or only its body. */
export interface Captured {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** From the request line, if the file has one. A signature may cover both. */
  readonly method?: string;
  readonly target?: string;
}

const REQUEST_LINE = /^([A-Z]+) (\S+) HTTP\/[\d.]+$/;
const HEADER = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*)$/;

/** Reads lines of headers, an empty line and the body. If the file doesn't begin with a header, all of it is the body. */
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

/** The same delivery with typical changes of editors and terminals undone. `how` describes each change. */
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
