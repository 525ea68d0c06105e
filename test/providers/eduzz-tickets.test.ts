import { describe, expect, it } from 'vitest';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { attendee, blinket, eventOf, occasion, sampleOf } from '../fixtures/eduzz-events.ts';
import { AT, event, misfits, normalise, provider, verify } from '../support/eduzz.ts';

/** An event of one participant, with these fields of theirs. */
function attendance(name: string, fields: Record<string, unknown> = {}, data: Record<string, unknown> = {}) {
  return eventOf(`blinket.${name}`, blinket({ participant: { ...attendee, ...fields }, ...data }));
}

const time = (text: string) => ({ at: Date.parse(text), text });

describe('TicketChange', () => {
  const changes: [name: string, change: string][] = [
    ['attendance_added', 'ADDED'],
    ['attendance_assigned', 'ASSIGNED'],
    ['attendance_edited', 'EDITED'],
    ['attendance_checkin', 'CHECKED_IN'],
    ['attendance_tag_changed', 'TAGS_CHANGED'],
    ['attendances_printed', 'PRINTED'],
  ];
  it.each(changes)('IN6.10 says of blinket.%s what became of the ticket: %s', (name, change) => {
    expect(event(sampleOf(`blinket.${name}`))).toMatchObject({
      shape: 'TicketChange',
      kind: null,
      subject: `ticket/${attendee.id}`,
      occurredAt: { text: '2026-03-01T12:00:00.000Z' },
      data: {
        ticketChange: change,
        producer: { producerId: '7001' },
        occasion: { occasionId: occasion.id },
        participants: [{ participantId: attendee.id, status: 'paid', assigned: true, manuallyCreated: false }],
      },
      personal: {
        tenantName: 'Rosa Produtora',
        producer: { name: 'Rosa Produtora', email: 'rosa@produtora.example' },
        participants: [
          {
            person: {
              name: 'Iara Fictícia',
              email: 'iara@ficticia.example',
              phone: '+5511900000000',
              externalId: attendee.id,
            },
            ticketNumber: '00412233',
            tags: [{ title: 'VIP ' }],
            customFields: { city: 'Recife', diet: '2', born: '1990-07-09T03:00:00.000Z' },
          },
        ],
      },
    });
  });

  it('IN6.10 says of an added one what was bought, and by whom', () => {
    expect(event(sampleOf('blinket.attendance_added'))).toMatchObject({
      worth: { currency: 'BRL', units: 100_000 },
      data: {
        ticketName: 'Plateia',
        isPaid: true,
        batch: { contentId: '1733', name: 'Lote 1', price: { amount: '10', currency: 'BRL' } },
      },
      personal: {
        buyer: {
          name: 'Bento Comprador',
          email: 'bento@compra.example',
          phone: '+5511955500003',
          externalId: '9900551',
        },
      },
    });
    const byHand = attendance('attendance_added', { manuallyCreated: true });
    expect(event(byHand)).toMatchObject({
      data: { ticketName: null, isPaid: null, batch: null },
      personal: { buyer: null },
    });
  });

  it('IN6.10 tells a check-in from a check-in undone by the presence of a time, in any form', () => {
    const done = event(attendance('attendance_checkin', { checkInAt: '2026-03-01T11:59:59.098Z' }));
    expect(done.data).toMatchObject({
      ticketChange: 'CHECKED_IN',
      participants: [{ checkedInAt: time('2026-03-01T11:59:59.098Z') }],
    });
    for (const checkInAt of [null, undefined, '']) {
      const undone = event(attendance('attendance_checkin', { checkInAt }));
      expect(undone.data).toMatchObject({ ticketChange: 'CHECK_IN_UNDONE', participants: [{ checkedInAt: null }] });
    }
    for (const checkInAt of ['2026-02-30T11:00:00Z', 1_772_366_399]) {
      const odd = event(attendance('attendance_checkin', { checkInAt }));
      expect(odd.data).toMatchObject({ ticketChange: 'CHECKED_IN', participants: [{ checkedInAt: null }] });
    }
  });

  it('IN4.1 keeps a check-in for quarantine when it can’t be told from one undone', () => {
    for (const checkInAt of [true, false, {}, []]) {
      expect(misfits(attendance('attendance_checkin', { checkInAt }))).toEqual(['data.participant.checkInAt']);
    }
    // Of any other event it decides nothing.
    expect(event(attendance('attendance_edited', { checkInAt: {} })).data).toMatchObject({
      participants: [{ checkedInAt: null }],
    });
  });

  it('IN6.7 takes all participants of attendances_printed, and is then about the occasion', () => {
    const printed = event(
      eventOf('attendances_printed', blinket({ participants: [attendee, { ...attendee, id: 'p2', inviteKey: 2 }] })),
    );
    expect(printed).toMatchObject({
      subject: `occasion/${occasion.id}`,
      data: { ticketChange: 'PRINTED', participants: [{ participantId: attendee.id }, { participantId: 'p2' }] },
      personal: { participants: [{ ticketNumber: '00412233' }, { ticketNumber: '2' }] },
    });
    expect(event(eventOf('attendances_printed', blinket({ participants: [] }))).subject).toBe(
      `occasion/${occasion.id}`,
    );
    expect(misfits(eventOf('attendances_printed', blinket({ participant: attendee })))).toEqual(['data.participants']);
    const nobody = { ...attendee, id: undefined, inviteKey: null };
    expect(misfits(eventOf('attendances_printed', blinket({ participants: [attendee, nobody] })))).toEqual([
      'data.participants.1.id',
    ]);
  });

  it('PRIV1.3 leaves the traces of everybody whose ticket was printed, however many', () => {
    const participants = Array.from({ length: 400 }, (_, index) => ({
      ...attendee,
      id: `p${index}`,
      email: `p${index}@grupo.example`,
    }));
    const { traces } = event(eventOf('blinket.attendances_printed', blinket({ participants })));
    expect(traces.filter(({ kind }) => kind === 'contact')).toHaveLength(400);
    expect(traces.filter(({ kind }) => kind === 'email')).toHaveLength(400);
  });

  it('PRIV2.2 puts nothing that identifies anybody into data, and no document anywhere but in raw', () => {
    for (const name of changes.map(([name]) => name)) {
      const { data, subject, tenant, personal } = event(sampleOf(`blinket.${name}`));
      const open = JSON.stringify({ data, subject, tenant });
      for (const secret of [
        'Iara',
        'iara@',
        '+5511',
        '00412233',
        'VIP',
        'Recife',
        'Rosa',
        'rosa@',
        'Bento',
        'bento@',
      ]) {
        expect(open).not.toContain(secret);
      }
      expect(JSON.stringify({ data, personal })).not.toMatch(/01234567890|SESAME/);
    }
  });
});

describe('TicketEdit', () => {
  it('IN6.10 lists the offered tickets of blinket.ticket_edited', () => {
    const day = time('2026-03-01T12:00:00.000Z');
    const { traces, ...edit } = event(sampleOf('blinket.ticket_edited'));
    expect(edit).toMatchObject({
      shape: 'TicketEdit',
      kind: null,
      subject: `occasion/${occasion.id}`,
      data: {
        producer: { producerId: '7001' },
        occasion: { occasionId: occasion.id },
        tickets: [
          {
            name: 'Plateia',
            showOnEventPage: true,
            isPaid: true,
            isUnlimited: false,
            buyLimit: 0,
            buyMinimum: 0,
            batches: [
              {
                contentId: '1733',
                name: 'Lote 1',
                quantity: 100,
                startSalesAt: day,
                endSalesAt: day,
                price: { amount: '10', currency: 'BRL' },
              },
            ],
          },
        ],
      },
      personal: { tenantName: 'Rosa Produtora', producer: { email: 'rosa@produtora.example' } },
    });
    expect(traces.map(({ kind }) => kind)).toEqual(['mention']);
  });

  it('IN4.6 takes an event whose tickets have missing or odd fields', () => {
    const edited = (tickets: unknown) => event(eventOf('ticket_edited', blinket({ tickets }))).data;
    expect(edited(undefined)).toMatchObject({ tickets: [] });
    expect(edited([{ name: 7, batches: null }, 'odd', null])).toMatchObject({ tickets: [{ name: '7', batches: [] }] });
    const odd = { price: { value: 10 }, quantity: 2 ** 40, startSalesAt: 'soon', contentId: 1733 };
    expect(edited([{ batches: [odd, { price: { value: '10.50', currency: 'BRL' }, quantity: '12' }] }])).toMatchObject({
      tickets: [
        {
          batches: [
            { contentId: '1733', price: null, quantity: null, startSalesAt: null },
            { price: { amount: '10.50', currency: 'BRL' }, quantity: 12 },
          ],
        },
      ],
    });
  });
});

describe('the shapes of 2024 and of today', () => {
  it.each([
    ['a map', { city: 'Recife', password: 'SESAME', 'Meeting link': 'SESAME' }],
    [
      'a list of names and values',
      [
        { key: 'city', value: 'Recife' },
        { key: 'password', value: 'SESAME' },
        { key: 'Meeting link', value: ['SESAME'] },
      ],
    ],
  ])('PRIV2.3 keeps nothing in fields of the producer’s own that opens something: %s', (_what, customFields) => {
    const { personal, raw } = event(attendance('attendance_edited', { customFields }));
    expect(JSON.stringify({ personal, raw })).not.toContain('SESAME');
    expect(personal).toMatchObject({ participants: [{ customFields: { city: 'Recife' } }] });
    expect(raw).toContain('Recife');
  });

  it('IN6.7 takes the shape of 2024: no participant id, tags as text, a number for the ticket and the producer', () => {
    const payload = attendance(
      'attendance_edited',
      { id: undefined, inviteKey: 17_337_976, tags: ['VIP', 7], customFields: [{ key: 'city', value: 'Recife' }] },
      { producer: { id: 7001, name: 'Rosa', email: 'rosa@produtora.example' } },
    );
    expect(event(payload)).toMatchObject({
      tenant: 'eduzz:7001',
      subject: expect.stringMatching(/^ticket\/[0-9a-f]{32}$/),
      data: { participants: [{ participantId: null }] },
      personal: {
        participants: [
          {
            ticketNumber: '17337976',
            tags: [
              { tagId: null, title: 'VIP', color: null },
              { tagId: null, title: '7', color: null },
            ],
            customFields: { city: 'Recife' },
          },
        ],
      },
    });
  });

  it('IN6.3 gives all events of a ticket without an id the same subject, with any secret of the source', () => {
    const fields = { id: undefined, inviteKey: '00412233' };
    const [first, ...others] = ['attendance_added', 'attendance_checkin', 'attendance_canceled'].map(
      (name) => event(attendance(name, fields)).subject,
    );
    expect(others).toEqual([first, first]);
    expect(first).not.toContain('00412233');
    const printed = blinket({ participants: [{ ...attendee, ...fields }] });
    expect(event(eventOf('attendances_printed', printed)).subject).toBe(first);
    const another = eduzz({ secrets: ['another-of-the-suite'] }).normalise(
      verify(JSON.stringify(attendance('attendance_added', fields))),
      AT,
    );
    expect(another).toMatchObject({ outcome: 'event', event: { subject: first } });
  });

  const fields: [what: string, given: Record<string, unknown>, read: Record<string, unknown>][] = [
    ['a ticket number with zeros in front', { inviteKey: '000123' }, { ticketNumber: '000123' }],
    ['no ticket number', { inviteKey: null }, { ticketNumber: null }],
    ['a ticket number of another form', { inviteKey: { a: 1 } }, { ticketNumber: null }],
    ['tags that are null', { tags: null }, { tags: [] }],
    ['tags that are none', { tags: 'VIP' }, { tags: [] }],
    [
      'a tag that is odd among others',
      { tags: [null, ['x'], 'VIP'] },
      { tags: [{ tagId: null, title: 'VIP', color: null }] },
    ],
    ['custom fields that are null', { customFields: null }, { customFields: {} }],
    ['custom fields that are text', { customFields: 'x' }, { customFields: {} }],
    [
      'custom fields as a list, one odd',
      { customFields: [7, { key: 'a', value: [1] }, {}] },
      { customFields: { a: [1] } },
    ],
    [
      'custom fields as a map of anything',
      { customFields: { a: null, b: { c: [1] } } },
      { customFields: { a: null, b: { c: [1] } } },
    ],
  ];
  it.each(fields)('IN6.7 takes %s', (_what, given, read) => {
    expect(event(attendance('attendance_edited', given)).personal).toMatchObject({ participants: [read] });
    const { ticketNumber: reference, tags: ticketTags, ...same } = read;
    expect(event(attendanceCanceled({ participant: given })).personal).toMatchObject({
      ...same,
      ...(reference !== undefined && { reference }),
      ...(ticketTags !== undefined && { ticketTags }),
    });
  });

  const phones: [written: unknown, read: string | null][] = [
    ['+5511900000000', '+5511900000000'],
    [5_511_900_000_000, '5511900000000'],
    [{ countryCode: '55', areaCode: '11', number: '900000000' }, '+5511900000000'],
    [{ countryCode: 55, areaCode: 11, number: 900_000_000 }, '+5511900000000'],
    [{ areaCode: '11', number: '900000000' }, '11900000000'],
    [{ countryCode: '55' }, null],
    [null, null],
    [undefined, null],
    [['x'], null],
    [true, null],
  ];
  it.each(phones)('IN6.10 reads the phone %j as %s', (written, read) => {
    expect(event(attendanceCanceled({ participant: { phone: written } })).personal).toMatchObject({
      customer: { phone: read },
    });
  });

  it('IN4.6 takes a ticket of somebody without name, address, status and tags, of an occasion and a producer without names', () => {
    const bare = eventOf(
      'attendance_canceled',
      { producer: { id: 1 }, event: { id: 2 }, participant: { id: 3 } },
      { sentDate: 7 },
    );
    expect(event(bare)).toMatchObject({
      subject: 'ticket/3',
      occurredAt: { at: AT.receivedAt },
      data: {
        title: null,
        status: null,
        occasion: { occasionId: '2', name: null, type: null },
        manuallyCreated: null,
        createdAt: null,
        sentAt: null,
      },
      personal: {
        tenantName: null,
        reference: null,
        customer: { name: null, email: null, phone: null, externalId: '3' },
        ticketTags: [],
        customFields: {},
      },
    });
    const odd = {
      producer: { id: 1, name: [], email: 7 },
      event: { id: 2, name: {}, type: true },
      participant: { id: 3, status: {}, manuallyCreated: 'no' },
    };
    expect(normalise(eventOf('attendance_canceled', odd))).toMatchObject({ outcome: 'event' });
  });

  it('IN5.4 takes custom fields and tags called __proto__ and constructor for names like any other', () => {
    const text = JSON.stringify(attendanceCanceled({ id: 'P' })).replace(
      '"city":"Recife"',
      '"__proto__":{"polluted":1},"constructor":"x","city":"Recife"',
    );
    const normalised = provider.normalise(verify(text), AT);
    expect(normalised).toMatchObject({ event: { personal: { customFields: { constructor: 'x', city: 'Recife' } } } });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const listed = attendanceCanceled({
      participant: { customFields: JSON.parse('[{"key":"__proto__","value":{"polluted":1}}]') },
    });
    expect(normalise(listed)).toMatchObject({ outcome: 'event' });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('what is said beside a ticket', () => {
  const said = {
    ticket: { name: 'Plateia', isPaid: true },
    batch: { contentId: '1733', name: 'Lote 1', price: { currency: 'BRL', value: 10 } },
    buyer: { id: '9900551', name: 'Bento Comprador', email: 'bento@compra.example', phone: '+5511955500003' },
  };

  it('IN6.4 says of a cancelled ticket which sort it was, from which batch, and who had bought it', () => {
    const canceled = event(attendanceCanceled({ data: said }));
    expect(canceled).toMatchObject({
      shape: 'TicketCancellation',
      data: {
        ticketName: 'Plateia',
        isPaid: true,
        batch: { contentId: '1733', name: 'Lote 1', price: { amount: '10', currency: 'BRL' } },
      },
      personal: {
        customer: { name: 'Iara Fictícia' },
        buyer: {
          name: 'Bento Comprador',
          email: 'bento@compra.example',
          phone: '+5511955500003',
          externalId: '9900551',
        },
      },
    });
    // An erasure finds the buyer as well.
    expect(canceled.traces).toContainEqual({ kind: 'email', value: 'bento@compra.example' });
    expect(event(attendanceCanceled())).toMatchObject({
      data: { ticketName: null, isPaid: null, batch: null },
      personal: { buyer: null },
    });
  });

  it('IN4.6 takes a cancelled ticket whatever value a field has', () => {
    for (const odd of [7, 'x', true, [], ['x'], { odd: 'odd' }]) {
      for (const name of ['ticket', 'batch', 'buyer']) {
        expect(event(attendanceCanceled({ data: { ...said, [name]: odd } })).shape).toBe('TicketCancellation');
      }
    }
  });

  it('IN6.7 takes checkin and tag_changed of 2024 for what they are called today', () => {
    const of = (name: string, fields: Record<string, unknown> = {}) =>
      event(attendance(name, { id: undefined, ...fields }));
    for (const [then, today] of [
      ['checkin', 'attendance_checkin'],
      ['tag_changed', 'attendance_tag_changed'],
    ] as const) {
      for (const checkInAt of ['2026-03-01T11:59:59.098Z', null]) {
        const { subject, data } = of(then, { checkInAt });
        expect({ subject, data }).toEqual({
          subject: of(today, { checkInAt }).subject,
          data: of(today, { checkInAt }).data,
        });
      }
    }
    expect(of('checkin').type).toBe('blinket.checkin');
    expect(event(eventOf('tag_changed', blinket({ participant: attendee }))).type).toBe('blinket.tag_changed');
  });

  it('IN6.7 takes attendance_printed of 2024, which tells no ticket from another', () => {
    const participants = ['Iara Fictícia', 'Bento Comprador'].map((name) => ({
      name,
      batchName: 'Lote 1',
      checkInLink: 'https://blinket.example/SESAME',
    }));
    for (const name of ['attendance_printed', 'blinket.attendance_printed']) {
      const printed = event(eventOf(name, blinket({ participants })));
      expect(printed).toMatchObject({
        type: 'blinket.attendance_printed',
        shape: 'TicketChange',
        subject: `occasion/${occasion.id}`,
        data: {
          ticketChange: 'PRINTED',
          batch: { name: 'Lote 1' },
          participants: [{ participantId: null }, { participantId: null }],
        },
        personal: { participants: [{ person: { name: 'Iara Fictícia' } }, { person: { name: 'Bento Comprador' } }] },
      });
      expect(printed.raw).not.toContain('SESAME');
    }
    const [first] = participants;
    expect(event(eventOf('attendance_printed', blinket({ participants: [first] })))).toMatchObject({
      subject: null,
      data: { participants: [{ participantId: null }] },
    });
    const apart = [first, { name: 'Davi', batchName: 'Lote 2' }];
    expect(event(eventOf('attendance_printed', blinket({ participants: apart }))).data).toMatchObject({ batch: null });
    // One that says which ticket it is, as today's do, is about that ticket.
    expect(event(eventOf('attendance_printed', blinket({ participants: [attendee] }))).subject).toBe(
      `ticket/${attendee.id}`,
    );
  });
});
