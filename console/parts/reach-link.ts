/** Excludes characters that a `mailto:` link would take for more than an address (RFC 6068), such as `?bcc=`. */
const ADDRESS = /^[\p{L}\p{N}.!#$'*+/=^_`{|}~-]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u;
const NUMBER = /^\+?[\d\s().-]+$/;

/** The link to an e-mail address or a phone number. Null for any other text, since providers pass on anything. */
export function linkOf(text: string): string | null {
  const trimmed = text.trim();
  if (ADDRESS.test(trimmed)) return `mailto:${encodeURIComponent(trimmed).replace('%40', '@')}`;
  const digits = trimmed.replaceAll(/[^\d]/g, '');
  if (!NUMBER.test(trimmed) || digits.length < 6 || digits.length > 15) return null;
  return `tel:${trimmed.startsWith('+') ? '+' : ''}${digits}`;
}
