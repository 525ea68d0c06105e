#!/bin/sh
# @paddle/paddle-node-sdk (npm) 3.10.0: paddle-signature may have several "h1", one for each secret while one replaces another.
# webhooks.isSignatureValid looks at the last of them alone. So a delivery that is signed with the secret at hand is refused where
# that signature stands first, and whether it is taken depends on their order.
#
# Seen: the right one first: false; the right one last: true
# It exits with 1 when that changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @paddle/paddle-node-sdk@3.10.0 >/dev/null
cat > finding.mjs <<'JS'
import { createHmac } from 'node:crypto';
import { Paddle } from '@paddle/paddle-node-sdk';

const secret = 'a secret that protects nothing';
const body = '{"event_type":"transaction.completed"}';
const ts = Math.floor(Date.now() / 1000);
const signed = (key) => `h1=${createHmac('sha256', key).update(`${ts}:${body}`).digest('hex')}`;
const { webhooks } = new Paddle('an API key that is not used');
const outcome = (...signatures) => webhooks.isSignatureValid(body, secret, [`ts=${ts}`, ...signatures].join(';'));
const first = await outcome(signed(secret), signed('the other secret'));
const last = await outcome(signed('the other secret'), signed(secret));
console.log(`the right one first: ${first}; the right one last: ${last}`);
process.exit(!first && last ? 0 : 1);
JS
node finding.mjs
