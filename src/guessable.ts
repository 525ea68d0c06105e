/** Texts of examples and templates, to be replaced by a secret. They may be long enough, but everybody knows them. */
const PLACEHOLDERS: readonly RegExp[] = [
  /^<[\w\s'’-]+>$/,
  // A template that nothing was put into.
  /\$\{\w{3,}\}|\{\{[\s\w.]*\}\}/,
  /^(?:please[\s_-]?)?(?:change|replace)[\s_-]?(?:me|this|it|with)/i,
  /^(?:your|enter|insert|paste)(?:[\s_-]+[a-z0-9]+)*[\s_-]+(?:secret|key|token|password|here)(?![a-z0-9])/i,
  // What jwt.io shows, and much example code copies.
  /^(?:a-string-secret-at-least-|your-)\d+-bits?-(?:long|secret)$/,
];

/** A few characters over and over. */
const REPEATED = /^(.{1,12}?)\1+$/s;
/** Of 200,000 random texts of sixteen hex digits one had no more different characters than these. */
const FEW = 4;

/** What senders put before a secret, such as `whsec_`. */
const PREFIX = /^[a-z]{2,12}_/;

/** Whether the text is a placeholder for a secret, which everybody knows. */
export function isPlaceholder(text: string): boolean {
  const bare = text.replace(PREFIX, '');
  return PLACEHOLDERS.some((pattern) => pattern.test(text) || pattern.test(bare));
}

/** Whether the text consists of a few characters, or repeats a short one, so that it can be guessed although it is long. */
export function isRepetitive(text: string): boolean {
  const bare = text.replace(PREFIX, '');
  return new Set(bare).size <= FEW || REPEATED.test(bare);
}
