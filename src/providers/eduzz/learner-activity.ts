import { z } from 'zod';
import { said } from '../../declaration/event-type.ts';
import { event } from '../definition.ts';
import { secondary, secondaryList } from '../fields.ts';
import type { EduzzAbout } from './about.ts';
import { count, customer, delivery, instant, secondaryId, text } from './payload.ts';
import { toPerson } from './people.ts';
import { LearnerActivity, type learnerActivityKind } from './types/learner-activity.ts';

type Kind = z.output<typeof learnerActivityKind>;

/** Nutror writes numbers as JSON numbers, but its documents don't promise this. */
const number = secondary(
  z.union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,9}(?:\.\d{1,9})?$/)
      .transform(Number),
  ]),
);

const nutrorCourse = z.object({ hash: secondaryId, title: text, progress: number, inactiveDays: count });
const nutrorModule = z.object({ id: secondaryId, title: text });

const nutrorEvent = delivery(
  z.object({
    producer: secondary(z.object({ name: text, email: text })),
    learner: customer,
    course: secondary(nutrorCourse),
    content: secondary(nutrorCourse),
    courses: secondaryList(nutrorCourse),
    module: secondary(nutrorModule),
    lesson: secondary(nutrorModule.extend({ rating: number })),
    comment: secondary(z.object({ id: secondaryId, parentId: secondaryId, text })),
    createdAt: instant,
  }),
);

const alpaclassPart = secondary(z.object({ id: secondaryId, name: text }));

const alpaclassEvent = delivery(
  z.object({
    student: customer.unwrap().unwrap().extend({ createdAt: instant }).nullish(),
    team: alpaclassPart,
    course: alpaclassPart,
    module: alpaclassPart,
    lesson: alpaclassPart,
    progress: number,
    comment: text,
  }),
);

/** The events of Eduzz's two course platforms. */
export const learnerActivities = {
  'nutror.certificate_viewed': onNutror('CERTIFICATE_VIEWED'),
  'nutror.comment_created': onNutror('COMMENT_CREATED'),
  'nutror.comment_deleted': onNutror('COMMENT_DELETED'),
  'nutror.comment_replied': onNutror('COMMENT_REPLIED'),
  'nutror.community_viewed': onNutror('COMMUNITY_VIEWED'),
  'nutror.enrollment_created': onNutror('ENROLLED'),
  'nutror.file_downloaded': onNutror('FILE_DOWNLOADED'),
  'nutror.inactive_student': onNutror('INACTIVE'),
  'nutror.learner_help': onNutror('HELP_REQUESTED'),
  'nutror.lesson_rated': onNutror('LESSON_RATED'),
  'nutror.lesson_saved': onNutror('LESSON_SAVED'),
  'nutror.lesson_started': onNutror('LESSON_STARTED'),
  'nutror.lesson_watched': onNutror('LESSON_FINISHED'),
  'nutror.module_completed': onNutror('MODULE_FINISHED'),
  'nutror.notation_created': onNutror('NOTE_CREATED'),
  'alpaclass.student_certificate_accessed': onAlpaclass('CERTIFICATE_VIEWED'),
  'alpaclass.student_comment_created': onAlpaclass('COMMENT_CREATED'),
  'alpaclass.student_course_finished': onAlpaclass('COURSE_FINISHED'),
  'alpaclass.student_course_last_seen': onAlpaclass('COURSE_SEEN'),
  'alpaclass.student_course_unfinished': onAlpaclass('COURSE_UNFINISHED'),
  'alpaclass.student_created': onAlpaclass('REGISTERED'),
  'alpaclass.student_lesson_finished': onAlpaclass('LESSON_FINISHED'),
  'alpaclass.student_lesson_last_seen': onAlpaclass('LESSON_SEEN'),
  'alpaclass.student_lesson_marked_as_favorite': onAlpaclass('LESSON_FAVORITED'),
  'alpaclass.student_lesson_unfinished': onAlpaclass('LESSON_UNFINISHED'),
  'alpaclass.student_lesson_unmarked_as_favorite': onAlpaclass('LESSON_UNFAVORITED'),
  'alpaclass.student_module_finished': onAlpaclass('MODULE_FINISHED'),
  'alpaclass.student_module_unfinished': onAlpaclass('MODULE_UNFINISHED'),
};

function onNutror(activity: Kind) {
  return event(nutrorEvent, ({ data }, { people, sentAt }: EduzzAbout) => {
    const { producer, learner, module, lesson, comment, createdAt } = data;
    // Somebody enrolls in a content, which may belong to several courses.
    const course = data.course ?? data.content;
    return said(
      LearnerActivity,
      {
        learnerActivity: activity,
        learner: toPerson(learner),
        course: course && toCourse(course),
        courses: data.courses.map(toCourse),
        module: module && { moduleId: module.id, title: module.title },
        lesson: lesson && { lessonId: lesson.id, title: lesson.title },
        progress: course?.progress,
        inactiveDays: course?.inactiveDays,
        rating: lesson?.rating,
        commentId: comment?.id,
        parentCommentId: comment?.parentId,
        comment: comment?.text,
        producerEmail: producer?.email,
        createdAt,
        sentAt,
      },
      { people },
    );
  });
}

function toCourse({ hash, title }: z.output<typeof nutrorCourse>) {
  return { courseId: hash, title };
}

function onAlpaclass(activity: Kind) {
  return event(alpaclassEvent, ({ data }, { people, sentAt }: EduzzAbout) => {
    const { student, team, course, module, lesson, progress, comment } = data;
    return said(
      LearnerActivity,
      {
        learnerActivity: activity,
        learner: toPerson(student),
        registeredAt: student?.createdAt,
        school: team && { schoolId: team.id, name: team.name },
        course: course && { courseId: course.id, title: course.name },
        module: module && { moduleId: module.id, title: module.name },
        lesson: lesson && { lessonId: lesson.id, title: lesson.name },
        progress,
        comment,
        sentAt,
      },
      { people },
    );
  });
}
