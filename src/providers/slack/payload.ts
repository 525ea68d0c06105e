import { z } from 'zod';
import { id, optionalSeconds, secondary } from '../fields.ts';

/**
 * Slack's payloads. https://docs.slack.dev/apis/events-api, https://docs.slack.dev/reference/interaction-payloads,
 * https://docs.slack.dev/interactivity/implementing-slash-commands
 */

const secondaryId = secondary(id);
const name = z.string().min(1).max(128);

export const command = z.object({ command: name });

export const callback = z.object({ event: z.looseObject({ type: name }) });

export const envelope = z.object({ type: name });

/** What any payload may say. Commands and events have the ids at the top level, interactions have them in objects. */
export const anything = z.looseObject({
  event_id: secondaryId,
  event_time: secondary(optionalSeconds),
  /** The id of one click or one command. */
  trigger_id: secondaryId,
  team_id: secondaryId,
  enterprise_id: secondaryId,
  team: secondary(z.looseObject({ id: secondaryId })),
  enterprise: secondary(z.looseObject({ id: secondaryId })),
});
