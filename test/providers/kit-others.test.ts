import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formBody } from '../../src/providers/body.ts';
import { said } from '../../src/declaration/event-type.ts';
import { SubscriptionCancellation } from '../../src/types/subscription-cancellation.ts';
import { defineProvider, unfit } from '../../src/providers/define-provider.ts';
import { event } from '../../src/providers/definition.ts';
import { id } from '../../src/providers/fields.ts';
import { hmac } from '../../src/providers/verify/hmac.ts';
import { sharedToken } from '../../src/providers/verify/shared-token.ts';
import { NOON, eventFrom, receive } from '../support/receive.ts';

const SECRET = 'a secret of the suite';
const signature = (text: string, encoding: 'hex' | 'base64' = 'hex') =>
  createHmac('sha256', SECRET).update(text).digest(encoding);
const invalid = { code: 'SIGNATURE_INVALID' };

/** Providers that are not shipped, each of a few lines: what the kit is for. */
describe('providers of others', () => {
  it('IN2.3 Square: checks the signature of the public URL in the settings and the body, never of the URL behind a proxy', async () => {
    const URL = 'https://hooks.example/webhooks/square';
    const square = (url: string) =>
      defineProvider({
        name: 'square',
        verify: hmac({
          secrets: [SECRET],
          header: 'x-square-hmacsha256-signature',
          encoding: 'base64',
          before: () => url,
        }),
        about: ({ payload }) => ({
          type: String(payload['type']),
          eventId: String(payload['event_id']),
          account: String(payload['merchant_id']),
        }),
        events: {},
      });
    const body = '{"type":"booking.updated","event_id":"e1","merchant_id":"m1"}';
    // The proxy asks for something else.
    const headers = { host: '127.0.0.1:4000', 'x-square-hmacsha256-signature': signature(URL + body, 'base64') };
    expect(await eventFrom(square(URL), headers, body)).toMatchObject({ tenant: 'square:m1', eventId: 'e1' });
    for (const other of [`${URL}/`, 'http://127.0.0.1:4000/webhooks/square', '']) {
      await expect(receive(square(other), headers, body)).rejects.toMatchObject(invalid);
    }
    const signed = await square(URL).sign!({ a: 1 }, new Date(NOON));
    expect(signed.headers['x-square-hmacsha256-signature']).toBe(signature(`${URL}{"a":1}`, 'base64'));
  });

  it('IN2.3 Acuity: the urlencoded body is signed raw, in base64, and has no id of its own', async () => {
    const acuity = defineProvider({
      name: 'acuity',
      verify: hmac({ secrets: [SECRET], header: 'x-acuity-signature', encoding: 'base64', body: formBody }),
      about({ payload }) {
        const form = z.object({ action: z.string(), id, calendarID: id }).safeParse(payload);
        if (!form.success) return unfit(form.error);
        return { type: form.data.action, account: form.data.calendarID, subject: `booking/${form.data.id}` };
      },
      events: {},
    });
    const body = 'action=appointment.canceled&id=0123&calendarID=9&appointmentTypeID=4';
    const headers = { 'x-acuity-signature': signature(body, 'base64') };
    expect(await eventFrom(acuity, headers, body)).toMatchObject({
      type: 'appointment.canceled',
      subject: 'booking/0123',
      tenant: 'acuity:9',
      eventId: expect.stringMatching(/^derived:[0-9a-f]{64}$/),
    });
    // The same fields, written in another way: it is the bytes that are signed.
    await expect(receive(acuity, headers, body.replace('.', '%2E'))).rejects.toMatchObject(invalid);
    const unfitting = 'action=appointment.canceled';
    expect(await receive(acuity, { 'x-acuity-signature': signature(unfitting, 'base64') }, unfitting)).toMatchObject({
      outcome: 'unfit',
      issues: [{ path: 'id' }, { path: 'calendarID' }],
    });
  });

  it('IN2.4 Hotmart: a static token, and times in milliseconds', async () => {
    const hotmart = defineProvider({
      name: 'hotmart',
      verify: sharedToken({ header: 'x-hotmart-hottok', tokens: ['hottok-new', 'hottok-old'] }),
      about: ({ payload }) => ({ type: String(payload['event']), eventId: String(payload['id']) }),
      events: {
        SUBSCRIPTION_CANCELLATION: event(
          z.object({
            creation_date: z.int(),
            data: z.object({ subscriber: z.object({ code: id, email: z.string() }) }),
          }),
          ({ creation_date: at, data }) =>
            said(
              SubscriptionCancellation,
              {
                subscriptionId: data.subscriber.code,
                customer: { email: data.subscriber.email },
              },
              { occurredAt: { at, text: String(at) } },
            ),
        ),
      },
    });
    const body = JSON.stringify({
      id: 'h-1',
      event: 'SUBSCRIPTION_CANCELLATION',
      creation_date: NOON,
      data: { subscriber: { code: 'S-1', email: 'ana@imaginaria.example' } },
    });
    for (const token of ['hottok-new', 'hottok-old']) {
      expect(await eventFrom(hotmart, { 'x-hotmart-hottok': token }, body)).toMatchObject({
        shape: 'SubscriptionCancellation',
        occurredAt: { at: NOON },
        data: { subscriptionId: 'S-1' },
      });
    }
    // No date can represent it, and a query for it would get an error instead of a page.
    const beyond = body.replace(String(NOON), '8700000000000000');
    expect(await receive(hotmart, { 'x-hotmart-hottok': 'hottok-new' }, beyond)).toMatchObject({ outcome: 'unfit' });
    for (const token of ['hottok-', 'hottok-newer', undefined, '']) {
      await expect(receive(hotmart, { 'x-hotmart-hottok': token }, body)).rejects.toMatchObject(invalid);
    }
  });

  it('IN2.3 Ticket Tailor: the time and the body are signed without a dot between them; t missing, old, ahead', async () => {
    const tolerance = { past: 300, future: 300 };
    const header = 'tickettailor-webhook-signature';
    const tailor = defineProvider({
      name: 'tickettailor',
      verify: hmac({ secrets: [SECRET], header, encoding: 'hex', timestamp: { ...tolerance, before: (t) => t } }),
      about: ({ payload }) => ({ type: String(payload['event']), eventId: String(payload['id']) }),
      events: {},
    });
    const body = '{"id":"wh_1","event":"ORDER.UPDATED"}';
    const t = NOON / 1000;
    expect(await eventFrom(tailor, { [header]: `t=${t},v1=${signature(`${t}${body}`)}` }, body)).toMatchObject({
      type: 'ORDER.UPDATED',
    });
    for (const value of [
      `t=${t},v1=${signature(`${t}.${body}`)}`,
      `v1=${signature(`${t}${body}`)}`,
      `t=${t - 301},v1=${signature(`${t - 301}${body}`)}`,
      `t=${t + 301},v1=${signature(`${t + 301}${body}`)}`,
      // Without a dot, a digit of the time could be taken for one of the body; a body that begins with one is no JSON.
      `t=${String(t).slice(0, -1)},v1=${signature(`${t}${body}`)}`,
    ]) {
      await expect(receive(tailor, { [header]: value }, body), value).rejects.toMatchObject(invalid);
    }
  });
});
