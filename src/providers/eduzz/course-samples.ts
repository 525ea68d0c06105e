import type { Sample } from '../sample.ts';
import { customer, producer, sent } from './sample-people.ts';

type Data = Readonly<Record<string, unknown>>;

const course = { hash: '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c', title: 'Choro for beginners' };
const lesson = { id: '12', title: 'The left hand' };
const encoded = { filename: '0d4c3b2a-1f9e-4d8c-b7a6-5948372615f0.mp4' };

/** Samples of courses and of their videos. */
export const courseSamples: readonly Sample[] = [
  nutror('lesson_watched', 'h2z8n5j0c7p4x1v9l6g3f0a8e', { course: { ...course, progress: 40 }, lesson }),
  nutror('enrollment_created', 'i3a9o6k1d8q5y2w0m7h4g1b9f', { content: course, courses: [course] }),
  nutror('lesson_rated', 'j4b0p7l2e9r6z3x1n8i5h2c0g', { course, lesson: { ...lesson, rating: 5 } }),
  nutror('comment_created', 'k5c1q8m3f0s7a4y2o9j6i3d1h', {
    course,
    lesson,
    comment: { id: '90210', text: 'Now I hear it!' },
  }),
  other('alpaclass.student_course_finished', 'l6d2r9n4g1t8b5z3p0k7j4e2i', {
    student: { id: 'b1c2d3e4f5a6978877665544332211f0', name: customer.name, email: customer.email },
    course: { id: 'c2d3e4f5a6b7988877665544332211f0', name: 'Choro for two' },
    team: { id: 'd3e4f5a6b7c8998877665544332211f0', name: 'Escola Dalva' },
  }),
  other('safevideo.encoder_finished', 'f9e4c5db-860a-41c3-9d4e-30c1a26f5e97', encoded),
  other('safevideo.encoder_error', '0af5d6ec-971b-42d4-8e5f-41d2b3706fa8', {
    ...encoded,
    statusError: 'The file could not be read. Upload it again.',
  }),
];

function nutror(name: string, id: string, data: Data): Sample {
  const event = `nutror.${name}`;
  return {
    event,
    payload: (fresh) => ({
      id: fresh?.id ?? id,
      event,
      data: {
        producer: { name: producer.name, email: producer.email },
        learner: { name: customer.name, email: customer.email },
        ...data,
        createdAt: sent(fresh),
      },
      sentDate: sent(fresh),
    }),
  };
}

function other(event: string, id: string, data: Data): Sample {
  return { event, payload: (fresh) => ({ id: fresh?.id ?? id, event, sentDate: sent(fresh), data }) };
}
