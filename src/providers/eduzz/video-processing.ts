import { z } from 'zod';
import { said } from '../../declaration/event-type.ts';
import { event } from '../definition.ts';
import type { EduzzAbout } from './about.ts';
import { delivery, text } from './payload.ts';
import { VideoProcessing, type videoProcessingKind } from './types/video-processing.ts';

const fileProcessed = delivery(z.object({ filename: text, format: text, type: text, error: text, statusError: text }));

/** The events of SafeVideo. A canceled upload is no cancellation of a ticket, an order or a subscription. */
export const videoProcessings = {
  'safevideo.encoder_error': processed('ENCODING_FAILED'),
  'safevideo.encoder_finished': processed('ENCODING_FINISHED'),
  'safevideo.encoder_started': processed('ENCODING_STARTED'),
  'safevideo.encoder_waiting': processed('ENCODING_WAITING'),
  'safevideo.upload_canceled': processed('UPLOAD_CANCELED'),
  'safevideo.upload_error': processed('UPLOAD_FAILED'),
  'safevideo.upload_finished': processed('UPLOAD_FINISHED'),
  'safevideo.upload_started': processed('UPLOAD_STARTED'),
};

function processed(what: z.output<typeof videoProcessingKind>) {
  return event(fileProcessed, ({ data }, { people, sentAt }: EduzzAbout) =>
    said(
      VideoProcessing,
      {
        videoProcessing: what,
        filename: data.filename,
        format: data.format,
        mediaType: data.type,
        errorMessage: data.error ?? data.statusError,
        sentAt,
      },
      { people },
    ),
  );
}
