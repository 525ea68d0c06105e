import { type BodyFormat, fieldsOfForm } from '../body.ts';
import { type JsonObject, decodeText, isObject, keptOf, malformed, parseJson } from '../payload.ts';

/** Types whose body is JSON. Everything else with a `type` comes as the one field of a form. */
const SENT_AS_JSON: readonly unknown[] = ['event_callback', 'url_verification', 'app_rate_limited', undefined];

/**
 * Slack writes in three ways: events are JSON, commands are forms, and an interaction is a form whose one field `payload` is JSON.
 * https://docs.slack.dev/interactivity/handling-user-interaction
 */
export const slackBody: BodyFormat = {
  contentType: 'application/json',
  read(bytes) {
    const text = decodeText(bytes);
    const event = parseJson(text);
    if (isObject(event)) return keptOf(event);
    const form: JsonObject = Object.fromEntries(fieldsOfForm(text));
    const interaction = typeof form['payload'] === 'string' ? parseJson(form['payload']) : undefined;
    if (isObject(interaction)) return keptOf(interaction);
    if (isCommand(form)) return keptOf(form);
    throw malformed('The body is neither JSON nor a form as Slack sends them.');
  },
  write(payload) {
    if (isCommand(payload)) {
      const fields = Object.entries(payload).map(([name, value]): [string, string] => [name, String(value)]);
      return new URLSearchParams(fields).toString();
    }
    const text = JSON.stringify(payload);
    return SENT_AS_JSON.includes(payload['type']) ? text : new URLSearchParams({ payload: text }).toString();
  },
};

function isCommand(form: JsonObject): boolean {
  return typeof form['command'] === 'string' || form['ssl_check'] === '1';
}
