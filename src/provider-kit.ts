/** What a provider of one's own is made of: `hookcast/provider`. */
export { defineProvider, refuse, unfit } from './providers/define-provider.ts';
export { event } from './providers/definition.ts';
export { eventType, interfaceType, otherEvent, said } from './declaration/event-type.ts';
export { enumType, id, instant, json, listOf, moment, objectType, orBlank, text, whole } from './declaration/fields.ts';
export { open, personal } from './declaration/mark.ts';
export { money } from './types/money.ts';
export { person } from './types/person.ts';
export type { About, Introduction } from './providers/about.ts';
export type { Said } from './declaration/event-type.ts';
