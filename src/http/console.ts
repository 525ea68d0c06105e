import type { IncomingMessage, ServerResponse } from 'node:http';
import { HookcastError } from '../errors.ts';
import type { ConsoleFiles } from './console-files.ts';
import { sendFile } from './send-file.ts';

/**
 * What the page may do. `'self'` covers a WebSocket to the same host since Chromium 71, Safari 16 and Firefox 50. To name the host,
 * the gateway would have to believe the Host header. With trusted types, no text can become markup or a script.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  // With the manifest, a telephone can have the console among its apps.
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** The features that the page may not ask the browser for. Writing to the clipboard is not among them: people copy ids. */
const FEATURES = [
  'accelerometer',
  'autoplay',
  'camera',
  'clipboard-read',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'window-management',
  'xr-spatial-tracking',
];

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': FEATURES.map((feature) => `${feature}=()`).join(', '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export type Console = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;

/**
 * Serves `/console` and its files. Every address without a dot gets the page, which knows itself what addresses it has. Anybody
 * may read them: they hold no data, and the page asks for data with a token.
 */
export function serveConsole(files: ConsoleFiles): Console {
  return async (request, response, path) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      throw new HookcastError('METHOD_NOT_ALLOWED', 'The console is read-only. Open this address in a browser.');
    }
    const below = path.slice('/console/'.length);
    const file = files.get(/\.|%2e/i.test(below) ? below : 'index.html');
    if (!file) {
      throw new HookcastError(
        'NOT_FOUND',
        'The console has no such file. If the page was opened before an upgrade, reload /console.',
      );
    }
    await sendFile(request, response, file);
  };
}
