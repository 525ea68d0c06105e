#!/bin/sh
# @hubspot/api-client (npm) 14.0.1: HubSpot's page on validating requests says that twelve characters are to be decoded in the
# URL (%3A, %2F, %3F and so on) before it is hashed. Signature.isValid does not decode them. So a caller who hands it the URL as
# the request has it refuses what HubSpot has signed by its own page; the caller has to decode the twelve, and no others.
#
# Seen: the URL as it came: false; with %3A decoded: true
# It exits with 1 when that changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @hubspot/api-client@14.0.1 >/dev/null
cat > finding.cjs <<'JS'
const { createHmac } = require('node:crypto');
const { Signature } = require('@hubspot/api-client');

const clientSecret = 'a secret that protects nothing';
const requestBody = '[]';
const timestamp = Date.now();
const decoded = 'https://hooks.example.com/webhooks/hubspot?at=10:30';
const signature = createHmac('sha256', clientSecret)
  .update(`POST${decoded}${requestBody}${timestamp}`)
  .digest('base64');
const outcome = (url) =>
  Signature.isValid({ signatureVersion: 'v3', method: 'POST', clientSecret, requestBody, url, signature, timestamp });
const [came, clean] = [outcome(decoded.replace('10:30', '10%3A30')), outcome(decoded)];
console.log(`the URL as it came: ${came}; with %3A decoded: ${clean}`);
process.exit(!came && clean ? 0 : 1);
JS
node finding.cjs
