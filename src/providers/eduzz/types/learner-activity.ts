import { z } from 'zod';
import { eventType } from '../../../declaration/event-type.ts';
import { enumType, id, instant, listOf, objectType, orBlank, text, whole } from '../../../declaration/fields.ts';
import { open } from '../../../declaration/mark.ts';
import { person } from '../../../types/person.ts';

export const learnerActivityKind = enumType(
  'LearnerActivityKind',
  {
    REGISTERED: 'They were given an account at the school.',
    ENROLLED: 'They were enrolled in courses.',
    COURSE_SEEN: 'They opened a course.',
    COURSE_FINISHED: 'They finished a course.',
    COURSE_UNFINISHED: 'A course no longer counts as finished.',
    MODULE_FINISHED: 'They finished a module.',
    MODULE_UNFINISHED: 'A module no longer counts as finished.',
    LESSON_STARTED: 'They began a lesson.',
    LESSON_SEEN: 'They opened a lesson.',
    LESSON_FINISHED: 'They watched a lesson to its end.',
    LESSON_UNFINISHED: 'A lesson no longer counts as finished.',
    LESSON_SAVED: 'They saved a lesson for later.',
    LESSON_FAVORITED: 'They marked a lesson as a favorite.',
    LESSON_UNFAVORITED: 'A lesson is no longer a favorite of theirs.',
    LESSON_RATED: 'They rated a lesson: `rating`.',
    FILE_DOWNLOADED: 'They downloaded a file of a lesson.',
    NOTE_CREATED: 'They took a note on a lesson.',
    COMMENT_CREATED: 'They wrote a comment.',
    COMMENT_REPLIED: 'A comment was answered: `parentCommentId` says which.',
    COMMENT_DELETED: 'A comment was deleted.',
    CERTIFICATE_VIEWED: 'They looked at their certificate.',
    COMMUNITY_VIEWED: 'They opened the community of a course.',
    HELP_REQUESTED: 'They asked for help with a course.',
    INACTIVE: 'They have not opened a course for a while: `inactiveDays` says how long.',
  },
  'What a student did.',
);

const course = objectType('LearnerCourse', 'A course that a student takes.', {
  courseId: id.nullable().describe("The provider's id or hash of it."),
  title: open(text).nullable(),
});

const module = objectType('LearnerModule', 'A part of a course.', {
  moduleId: id.nullable(),
  title: open(text).nullable(),
});

const lesson = objectType('LearnerLesson', 'A lesson of a course.', {
  lessonId: id.nullable(),
  title: open(text).nullable(),
});

const school = objectType('LearnerSchool', 'The school or teacher that the course belongs to.', {
  schoolId: id.nullable(),
  name: text.nullable().describe('Personal, since many schools are named after their teacher.'),
});

/** What somebody did in a course. */
export const LearnerActivity = eventType('LearnerActivity', {
  description: 'A student did something: Eduzz, `nutror.…` and `alpaclass.…`.',
  fields: z.object({
    learnerActivity: learnerActivityKind,
    learner: orBlank(person),
    course: course.nullable(),
    module: module.nullable(),
    lesson: lesson.nullable(),
    courses: listOf(course).describe('The courses that the student can take now. Only if `activity` is `ENROLLED`.'),
    progress: z.number().nullable().describe('How much of the course is done, in percent.'),
    rating: z.number().nullable(),
    commentId: id.nullable(),
    parentCommentId: id.nullable().describe('The comment that this comment answers.'),
    comment: text.nullable().describe('What they wrote. Personal.'),
    inactiveDays: whole.nullable(),
    registeredAt: instant.nullable().describe('When the student was given an account.'),
    school: school.nullable(),
    producerEmail: text.nullable().describe('Personal.'),
    createdAt: instant.nullable().describe('When the provider created the event.'),
    sentAt: instant.nullable(),
  }),
  happened: 'learnerActivity',
  title: 'course.title',
});
