import { z } from 'zod';
import { eventType } from '../../../declaration/event-type.ts';
import { enumType, instant, text } from '../../../declaration/fields.ts';
import { open } from '../../../declaration/mark.ts';

export const videoProcessingKind = enumType(
  'VideoProcessingKind',
  {
    UPLOAD_STARTED: 'The upload has begun.',
    UPLOAD_FINISHED: 'It was uploaded.',
    UPLOAD_FAILED: 'It could not be uploaded.',
    UPLOAD_CANCELED: 'Somebody stopped the upload.',
    ENCODING_WAITING: 'It waits for encoding.',
    ENCODING_STARTED: 'Encoding has begun.',
    ENCODING_FINISHED: 'It was encoded, and can be watched.',
    ENCODING_FAILED: 'It could not be encoded.',
  },
  'What happened to a video or audio file.',
);

/** The progress of a file that is made into a video of a course. */
export const VideoProcessing = eventType('VideoProcessing', {
  description: 'A video or audio file was uploaded or encoded, or could not be: Eduzz, `safevideo.…`.',
  fields: z.object({
    videoProcessing: videoProcessingKind,
    filename: text.nullable().describe('Personal, since a file may be named after the people in it.'),
    format: open(text).nullable().describe('Such as `mp4`.'),
    mediaType: open(text).nullable().describe('`video` or `audio`.'),
    errorMessage: text.nullable().describe('Why it failed, in a sentence. Personal, since it may name the file.'),
    sentAt: instant.nullable(),
  }),
  happened: 'videoProcessing',
});
