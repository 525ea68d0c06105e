import type { Sample } from '../sample.ts';

type Payload = Readonly<Record<string, string>>;

export const twilioSamples: readonly Sample[] = [
  sample('message.delivered', (sid) => ({
    MessageSid: `SM${sid}`,
    SmsSid: `SM${sid}`,
    MessageStatus: 'delivered',
    SmsStatus: 'delivered',
    From: '+15550000001',
    To: '+5511900000000',
  })),
  sample('message.undelivered', (sid) => ({
    MessageSid: `SM${sid}`,
    SmsSid: `SM${sid}`,
    MessageStatus: 'undelivered',
    SmsStatus: 'undelivered',
    ErrorCode: '30003',
    From: '+15550000001',
    To: '+5511900000000',
  })),
  sample('message.received', (sid) => ({
    MessageSid: `SM${sid}`,
    SmsSid: `SM${sid}`,
    SmsStatus: 'received',
    From: '+5511900000000',
    To: '+15550000001',
    Body: 'Paula can not come & sends regards',
    NumMedia: '0',
    NumSegments: '1',
  })),
  sample('call.completed', (sid, at) => ({
    CallSid: `CA${sid}`,
    CallStatus: 'completed',
    CallbackSource: 'call-progress-events',
    Direction: 'outbound-api',
    CallDuration: '42',
    SequenceNumber: '3',
    Timestamp: at.toUTCString(),
    From: '+15550000001',
    To: '+5511900000000',
  })),
];

function sample(event: string, said: (sid: string, at: Date) => Payload): Sample {
  return {
    event,
    payload: (fresh) => ({
      AccountSid: 'AC00000000000000000000000000hookcast',
      ApiVersion: '2010-04-01',
      ...said(
        (fresh?.id ?? '00000000000000000000000000hookcast').replaceAll('-', ''),
        fresh?.at ?? new Date(1_775_200_000_000),
      ),
    }),
  };
}
