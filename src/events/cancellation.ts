/** What can be canceled. */
export const KINDS = ['TICKET', 'BOOKING', 'ORDER', 'SUBSCRIPTION'] as const;
export type Kind = (typeof KINDS)[number];

export type ActorType = 'CUSTOMER' | 'BUSINESS' | 'APP' | 'UNKNOWN';
