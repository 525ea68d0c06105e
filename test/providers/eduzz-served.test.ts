import { describe, expect, it } from 'vitest';
import { eduzzSamples } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { attendee, blinket, contract, eventOf, sampleOf } from '../fixtures/eduzz-events.ts';
import { TestGateway, signedAsEduzz } from '../support/gateway.ts';
import { Subscriber } from '../support/subscriber.ts';

const PERSON = '{ name email phone externalId }';
const TIME = '{ instant text }';
const MONEY = '{ amount currency }';
const TICKET = 'occasion { occasionId name type } producer { producerId name email }';

/** Everything that the types of Eduzz have of their own. */
const EVENTS = `{ events(last: 20) { edges { node {
  __typename type subject personalData tenant { id name }
  ... on Cancellation { kind title reference customer ${PERSON} canceledBy { type actorId } reason quantity status }
  ... on TicketCancellation { ${TICKET} participantId manuallyCreated ticketTags { tagId title color } customFields }
  ... on TicketChange { ${TICKET} ticketChange ticketName isPaid batch { contentId name price ${MONEY} } buyer ${PERSON}
    participants { participantId status assigned manuallyCreated checkedInAt ${TIME} person ${PERSON} ticketNumber tags { title }
      customFields } createdAt ${TIME} sentAt ${TIME} }
  ... on TicketEdit { occasion { occasionId } producer { producerId name email } tickets { name showOnEventPage isPaid isUnlimited
    buyLimit buyMinimum batches { contentId name quantity startSalesAt ${TIME} endSalesAt ${TIME} price ${MONEY} } } }
  ... on OrderCancellation { orderId items { productId name price ${MONEY} billingType sku } total ${MONEY} paymentMethod
    installments parentSubscriptionId mainOrderId offerName createdAt ${TIME} dueAt ${TIME} sentAt ${TIME} customerAddress
    producerEmail utm tracker }
  ... on SubscriptionCancellation { subscriptionId products { productId name } price ${MONEY} interval { unit count }
    paymentMethod cause feedback createdAt ${TIME} updatedAt ${TIME} canceledAt ${TIME} sentAt ${TIME} isLive
    payer ${PERSON} producerEmail }
  ... on OrderEvent { orderId title customer ${PERSON} total ${MONEY} customerAddress producerEmail utm tracker }
  ... on OrderChange { orderChange value ${MONEY} paid ${MONEY} recipient ${PERSON} affiliate { affiliateId name email }
    refund { type amount ${MONEY} refundedAt ${TIME} reason refundedBy } shares { of amount ${MONEY} } }
  ... on SubscriptionEvent { subscriptionId title customer ${PERSON} status price ${MONEY} payer ${PERSON} producerEmail }
  ... on SubscriptionChange { subscriptionChange charge { orderId outcome paymentMethod failure failureMessage } }
  ... on Commission { orderId value ${MONEY} commissions { role partyId name amount ${MONEY} } }
  ... on CartAbandonment { cartId productIds lastStep customer ${PERSON} tracker }
  ... on LearnerActivity { learnerActivity learner ${PERSON} course { title } lesson { title } school { schoolId name } rating comment
    producerEmail }
  ... on VideoProcessing { videoProcessing filename format errorMessage }
} } } }`;

/** One of each type that isn't a ticket's or a cancellation. */
const FAMILIES = [
  'myeduzz.invoice_refunded',
  'myeduzz.contract_pix_attempted',
  'myeduzz.commission_processed',
  'sun.cart_abandonment',
  'nutror.comment_created',
  'alpaclass.student_lesson_finished',
  'safevideo.upload_error',
];

async function serve(...payloads: Record<string, unknown>[]): Promise<TestGateway> {
  const gateway = await TestGateway.start();
  for (const payload of payloads) expect((await gateway.eduzz(payload)).body['status']).toBe('accepted');
  return gateway;
}

async function nodes(gateway: TestGateway, scope?: string): Promise<Record<string, any>[]> {
  const { data, errors } = await gateway.query(EVENTS, {}, scope ? { scope } : {});
  expect(errors).toBeUndefined();
  return data!['events'].edges.map(({ node }: { node: Record<string, any> }) => node);
}

const canceledContract = eventOf('contract_updated', contract({ status: 'canceled' }, { reason: 'cancellation' }));

describe('what is served of Eduzz', () => {
  it('IN6.4 serves each type with what its payload says', async () => {
    const gateway = await serve(
      sampleOf('blinket.attendance_canceled'),
      sampleOf('blinket.attendance_added'),
      sampleOf('blinket.ticket_edited'),
      sampleOf('myeduzz.invoice_canceled'),
      canceledContract,
      ...FAMILIES.map((name) => sampleOf(name)),
      sampleOf('brand.new'),
    );
    const occasion = { occasionId: 'd2a6f1c0-5c7e-4b6e-9f43-2f1f0a7a1c11', name: 'Noite de Choro', type: 'online' };
    const producer = { producerId: '7001', name: 'Rosa Produtora', email: 'rosa@produtora.example' };
    const created = { instant: '2026-03-01T12:00:00.000Z', text: '2026-03-01T12:00:00.000Z' };
    expect(await nodes(gateway)).toMatchObject([
      {
        __typename: 'TicketCancellation',
        kind: 'TICKET',
        reference: '00412233',
        occasion,
        producer,
        customer: { name: 'Iara Fictícia' },
      },
      {
        __typename: 'TicketChange',
        ticketChange: 'ADDED',
        occasion,
        producer,
        ticketName: 'Plateia',
        batch: { price: { amount: '10', currency: 'BRL' } },
        buyer: { name: 'Bento Comprador', externalId: '9900551' },
        participants: [
          {
            participantId: attendee.id,
            checkedInAt: null,
            person: { email: 'iara@ficticia.example' },
            ticketNumber: '00412233',
            tags: [{ title: 'VIP ' }],
            customFields: { city: 'Recife' },
          },
        ],
        createdAt: created,
      },
      {
        __typename: 'TicketEdit',
        producer,
        tickets: [{ name: 'Plateia', buyLimit: 0, batches: [{ quantity: 100, startSalesAt: created }] }],
      },
      {
        __typename: 'OrderCancellation',
        kind: 'ORDER',
        reference: '5500123',
        total: { amount: '301.5', currency: 'BRL' },
        items: [{ sku: 'CH-1' }, { sku: null }],
        utm: { campaign: 'bento' },
      },
      {
        __typename: 'SubscriptionCancellation',
        kind: 'SUBSCRIPTION',
        reference: '330077',
        cause: 'cancellation',
        interval: { unit: 'month', count: 1 },
        payer: { name: 'Lia Pagadora' },
      },
      {
        __typename: 'OrderChange',
        orderChange: 'REFUNDED',
        orderId: '5500123',
        subject: 'order/5500123',
        value: { amount: '301.5', currency: 'BRL' },
        customer: { name: 'Bento Comprador' },
        recipient: { name: 'Elis Aluna' },
        affiliate: { affiliateId: '7100', name: 'Afonso Afiliado' },
        refund: { amount: { amount: '301.5' }, refundedAt: created, reason: 'Engano', refundedBy: 'Rosa Produtora' },
        shares: [{ of: 'producer', amount: { amount: '220' } }, { of: 'coproducer' }, { of: 'affiliate' }],
      },
      {
        __typename: 'SubscriptionChange',
        subscriptionChange: 'CHARGE_ATTEMPTED',
        subscriptionId: '330077',
        customer: { name: 'Caio Assinante' },
        charge: { orderId: '5500124', outcome: 'PENDING', paymentMethod: 'pix' },
      },
      {
        __typename: 'Commission',
        value: { amount: '90', currency: 'BRL' },
        commissions: [{ role: 'PRODUCER', name: 'Rosa Produtora' }, { role: 'COPRODUCER' }, { role: 'AFFILIATE' }],
      },
      { __typename: 'CartAbandonment', productIds: ['9849', '2987'], customer: { email: 'otto@indeciso.example' } },
      {
        __typename: 'LearnerActivity',
        tenant: { id: 'eduzz:unknown', name: 'Rosa Produtora' },
        learnerActivity: 'COMMENT_CREATED',
        learner: { name: 'Davi Aprendiz' },
        course: { title: 'Choro' },
        comment: 'Gostei 👏',
        school: null,
      },
      { __typename: 'LearnerActivity', learner: { name: 'Nara Estudante' }, school: { name: 'Escola Inventada' } },
      { __typename: 'VideoProcessing', videoProcessing: 'UPLOAD_FAILED', filename: 'ensaio.mp4', format: 'mp4' },
      { __typename: 'OtherEvent' },
    ]);
  });

  it('AUTH2.1 serves no data of people without pii:read', async () => {
    const gateway = await serve(
      ...['canceled', 'added', 'checkin'].map((name) => sampleOf(`blinket.attendance_${name}`)),
      sampleOf('blinket.attendances_printed'),
      sampleOf('blinket.ticket_edited'),
      sampleOf('myeduzz.invoice_canceled'),
      canceledContract,
      ...FAMILIES.map((name) => sampleOf(name)),
    );
    const served = await nodes(gateway, 'events:read raw:read');
    const text = JSON.stringify(served);
    for (const name of [
      'Iara',
      'Bento',
      'bento',
      'Caio',
      'Lia ',
      'Rosa',
      '@',
      '00412233',
      'VIP',
      'Recife',
      'Olinda',
      'amigo',
      '+55',
      'Elis',
      'Afonso',
      'Cora',
      'Engano',
      'Otto',
      'verão',
      'Davi',
      'Gostei',
      'Nara',
      'Escola',
      'ensaio',
      'Não deu',
    ]) {
      expect(text).not.toContain(name);
    }
    expect(new Set(served.map(({ personalData }) => personalData))).toEqual(new Set(['WITHHELD']));
    expect(served[1]).toMatchObject({
      buyer: null,
      producer: { producerId: '7001', name: null },
      participants: [{ participantId: attendee.id, status: 'paid', person: null, tags: null }],
    });
    expect(served[5]).toMatchObject({ reference: '5500123', customerAddress: null, utm: null });
    expect(served[6]).toMatchObject({ reference: '330077', payer: null, customer: null });
    // Data that identifies nobody is there all the same.
    expect(served.slice(7)).toMatchObject([
      {
        value: { amount: '301.5' },
        affiliate: { affiliateId: '7100', name: null },
        refund: { reason: null },
        recipient: null,
      },
      { status: 'upToDate', charge: { outcome: 'PENDING', failureMessage: null } },
      { value: { amount: '90' }, commissions: [{ partyId: '7001', name: null }, {}, {}] },
      { lastStep: 'payment-sent', customer: null, tracker: null },
      { lesson: { title: 'A mão esquerda' }, learner: null, comment: null },
      { learnerActivity: 'LESSON_FINISHED', school: { schoolId: expect.any(String), name: null } },
      { videoProcessing: 'UPLOAD_FAILED', filename: null, errorMessage: null },
    ]);
  });

  it('LIVE1.1 follows every kind of cancellation of Eduzz, and nothing else of it', async () => {
    const gateway = await TestGateway.start();
    const subscriber = await Subscriber.open(gateway);
    await subscriber.caughtUp();
    const payloads = [
      'safevideo.upload_canceled',
      'blinket.attendance_canceled',
      'myeduzz.contract_updated',
      'myeduzz.invoice_canceled',
      'blinket.attendance_edited',
    ].map((name) => sampleOf(name));
    const sent = [...payloads, canceledContract];
    for (const payload of sent) await gateway.eduzz(payload);
    await subscriber.events(3);
    expect(subscriber.eventIds).toEqual([sent[1]!['id'], sent[3]!['id'], canceledContract['id']]);
  });
});

describe('deliveries', () => {
  it('IN3.4 takes the same id with a different body, and a sample sent again, for the event that it has', async () => {
    const gateway = await serve(sampleOf('blinket.attendance_edited'));
    const [{ payload }] = eduzzSamples as [(typeof eduzzSamples)[number]];
    expect((await gateway.eduzz(payload())).body).toMatchObject({ status: 'accepted' });
    expect(await gateway.eduzz(payload())).toMatchObject({ status: 200, body: { status: 'duplicate' } });
    const { producer } = payload()['data'] as { producer: Record<string, unknown> };
    const other = { ...attendanceCanceled({ producer }), id: payload()['id'] };
    expect(await gateway.eduzz(other)).toMatchObject({ status: 200, body: { status: 'duplicate' } });
    const served = await nodes(gateway);
    expect(served).toHaveLength(2);
    expect(served[1]).toMatchObject({ customer: { name: 'Tereza Macedo' } });
  });

  it('IN3.5 takes x-delivery-attempt 2 and 3 for what they are, also of an event without an id', async () => {
    const gateway = await TestGateway.start();
    for (const name of ['blinket.attendance_canceled', 'alpaclass.student_module_finished']) {
      const { headers, body } = signedAsEduzz(JSON.stringify(sampleOf(name)));
      const statuses = [];
      for (const attempt of ['1', '2', '3']) {
        const attempted = { headers: { ...headers, 'x-delivery-attempt': attempt }, body };
        statuses.push((await gateway.post('eduzz', attempted)).body['status']);
      }
      expect(statuses).toEqual(['accepted', 'duplicate', 'duplicate']);
    }
  });

  it('IN3.1 takes a backlog that comes after a backup, twenty at once and some of it twice, without losing or doubling any', async () => {
    const gateway = await TestGateway.start();
    const backlog = Array.from({ length: 60 }, (_, index) => attendanceCanceled({ id: `b${index % 50}` }));
    const statuses: string[] = [];
    const send = async () => {
      for (let payload = backlog.shift(); payload; payload = backlog.shift()) {
        statuses.push((await gateway.eduzz(payload)).body['status'] as string);
      }
    };
    await Promise.all(Array.from({ length: 20 }, send));
    expect(statuses.filter((status) => status === 'accepted')).toHaveLength(50);
    expect(statuses.filter((status) => status === 'duplicate')).toHaveLength(10);
    const { data } = await gateway.query('{ events(first: 100) { edges { node { eventId } } } }');
    expect(data!['events'].edges).toHaveLength(50);
  });

  it('IN5.4 records NUL, half a surrogate pair, digits beyond 2^53 and __proto__, and serves them as they came', async () => {
    const gateway = await TestGateway.start();
    const text = JSON.stringify(
      eventOf('attendance_edited', blinket({ participant: { ...attendee, id: 'ID', name: 'N\u0000L \ud800' } })),
    )
      .replace('"ID"', '12345678901234567890')
      .replace('"city"', '"__proto__":{"polluted":true},"city"');
    expect((await gateway.post('eduzz', signedAsEduzz(text))).body['status']).toBe('accepted');
    const [edited] = await nodes(gateway);
    expect(edited).toMatchObject({
      subject: 'ticket/12345678901234567890',
      participants: [{ participantId: '12345678901234567890', customFields: { city: 'Recife' } }],
    });
    expect(edited!['participants'][0].person.name).toContain('N\u0000L');
  });
});
