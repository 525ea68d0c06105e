/** Schemes whose pages have no origin, or the origin of the page that opened them. */
const WITHOUT_ORIGIN = /^(?:ws|wss|ftp|data|blob|about|javascript|filesystem|view-source):/i;
/** Origins of pages in WebViews and extensions: `capacitor://localhost`, `chrome-extension://<id>`. */
const OF_APP = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@\\*]+$/;

/**
 * Says why a text can't be the origin of any page, and what to write instead. Null if it can be one. Browsers write an origin in one
 * way only, and it is compared letter by letter.
 */
export function faultOfOrigin(text: string): string | null {
  if (text.includes('*')) return 'matches no page: name each origin by itself, or allow every page with a single *';
  if (text === 'null') return 'is the origin of every sandboxed page, so it identifies no page';
  // Pages of Cordova on Android have this origin, which has no host.
  if (text === 'file://') return null;
  if (WITHOUT_ORIGIN.test(text))
    return 'is not the origin of a page: the origin has http:// or https://, also for a WebSocket';
  if (!/^https?:/i.test(text)) return OF_APP.test(text) ? null : EXPECTED;
  if (!URL.canParse(text)) return EXPECTED;
  const { origin } = new URL(text);
  return origin === text ? null : `matches no page: browsers write it as ${origin}`;
}

const EXPECTED = 'is not an origin: expected one like https://app.example.com or capacitor://localhost, without a path';
