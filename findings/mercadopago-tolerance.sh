#!/bin/sh
# mercadopago (npm) 3.6.1: WebhookSignatureValidator takes the "ts" of x-signature for seconds where it looks at a delivery's age
# (it multiplies it by 1,000), while the samples on Mercado Pago's pages have 13 digits, which are milliseconds
# (ts=1742505638683). A delivery that was signed this moment and says so in milliseconds is then some 55,000 years ahead, so
# with any toleranceSeconds it is refused. Without toleranceSeconds it is taken, as nothing looks at its age then.
#
# Seen: without toleranceSeconds: taken; with 300: TimestampOutOfTolerance
# It exits with 1 when that changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund mercadopago@3.6.1 >/dev/null
cat > finding.mjs <<'JS'
import { createHmac } from 'node:crypto';
import { WebhookSignatureValidator } from 'mercadopago';

const secret = 'a secret that protects nothing';
const ts = String(Date.now());
const v1 = createHmac('sha256', secret).update(`id:123;request-id:r-1;ts:${ts};`).digest('hex');
const outcome = (more) => {
  try {
    WebhookSignatureValidator.validate({
      xSignature: `ts=${ts},v1=${v1}`,
      xRequestId: 'r-1',
      dataId: '123',
      secret,
      ...more,
    });
    return 'taken';
  } catch (error) {
    return error.reason;
  }
};
const [without, within] = [outcome({}), outcome({ toleranceSeconds: 300 })];
console.log(`without toleranceSeconds: ${without}; with 300: ${within}`);
process.exit(without === 'taken' && within === 'TimestampOutOfTolerance' ? 0 : 1);
JS
node finding.mjs
