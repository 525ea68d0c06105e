import { isRawNumber } from './exact-json.ts';
import { AN_ID, Spoken } from './spoken.ts';

/**
 * What is left of a payload, as JSON, after its people are taken out: its structure, ids of things, words such as a status,
 * times, booleans and small numbers. The payload was not understood, so this goes by the names of its members and removes what
 * is in doubt. A removed text becomes empty and a removed number becomes 0, so that the rest can still fit a schema.
 *
 * @param payload a value from `parseExact`.
 */
export function remainderOf(payload: unknown): string {
  const spoken = new Set<string>();
  collect(payload, false, spoken);
  return JSON.stringify(rest(payload, { name: '', ofPerson: false }, new Spoken(spoken)));
}

/** The place of a member. An item of a list has the place of the list's member. */
interface Place {
  readonly name: string;
  /** Whether it is within an object about a person. */
  readonly ofPerson: boolean;
}

/** The names of members about a person or how to reach one. Everything within them counts as personal. */
const PERSONAL =
  /contact|customer|buyer|payer|member|user|visitor|student|learner|invitee|attendee|guest|person|people|profile|recipient|client|patient|passenger|rider|subscriber|responsible|holder|name|mail|phone|mobile|^cell|whatsapp|fax|address|street|city|zip|postal|cep$|geo|latitude|longitude|^lat$|^lng$|document|passport|cpf|cnpj|tax_?id|birth|born|nasc|gender|^age$|note|comment|message|answer|reason|^tags?$|custom_?(?:field|attribute|data)|metadata|utm|tracking/i;
/** The names of members that hold an id. */
const ID = /^(?:id|uid|uuid|guid)$|[a-z\d](?:Id|ID|Uid|Uuid)$|_(?:id|uid|uuid)$/;
/** The names of members whose id is a URI: Calendly has no other ids. */
const URI = /^(?:uri|created_by)$/;
const A_URI = /^https:\/\/[\w./-]*\/[\w-]{16,128}$/;
/** The names of members that hold a kind or a state. */
const WORD = /(?:event|type|kind|status|state|slug|fqdn|object|currency|version|revision|sequence)$/i;
const TIME = /(?:at|date|time|timestamp|created|updated|started|ended|expires|start|end)$/i;
/** A name that a programmer gives to a member. Any other name may be a person's. */
const NAME = /^[A-Za-z_$][\w$-]{0,63}$/;
/** The most members of an object whose names belong to a schema. If it has more, the names are data. */
const MOST_MEMBERS = 100;

/** An id that a machine made: a nickname is short and has no digit. */
const LOOKS_MADE = /\d|^.{16}/;
const A_WORD = /^[A-Za-z][\w.:-]{0,99}$/;
const A_TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;
const AN_AMOUNT = /^-?\d{1,6}(?:\.\d{1,12})?$/;
/** Smaller numbers are kept: a telephone number has more digits. */
const SMALL = 10_000_000;
/** The shortest text about a person, in characters, that is searched for elsewhere in the payload. */
const SHORTEST = 4;

/** Collects all texts and numbers about people, since the same may occur in members that don't look personal. */
function collect(value: unknown, ofPerson: boolean, spoken: Set<string>): void {
  if (isRawNumber(value)) collect(value.rawJSON, ofPerson, spoken);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) collect(member, ofPerson || isPersonal(name), spoken);
  } else if (ofPerson && (typeof value === 'string' || typeof value === 'number')) {
    const said = String(value).trim().toLowerCase();
    if (said.length >= SHORTEST) spoken.add(said);
  }
}

function rest(value: unknown, place: Place, spoken: Spoken): unknown {
  if (typeof value === 'string') return isKept(value, place, spoken) ? value : '';
  if (typeof value === 'number') return isKeptNumber(value, place) ? value : 0;
  if (typeof value !== 'object' || value === null) return value;
  // This is an id with more digits than a double holds. As a number it would become another id.
  if (isRawNumber(value)) return isKept(value.rawJSON, place, spoken) ? value : 0;
  if (Array.isArray(value)) return value.map((item) => rest(item, place, spoken));
  const members = Object.entries(value);
  if (members.length > MOST_MEMBERS) return {};
  return Object.fromEntries(
    members
      .filter(([name]) => NAME.test(name))
      .map(([name, member]) => {
        const ofPerson = place.ofPerson || isPersonal(name);
        return [name, rest(member, { name, ofPerson }, spoken)];
      }),
  );
}

function isPersonal(name: string): boolean {
  return PERSONAL.test(name);
}

function isKept(text: string, { name, ofPerson }: Place, spoken: Spoken): boolean {
  if (ofPerson) return false;
  if (A_TIME.test(text) || AN_AMOUNT.test(text)) return true;
  const plain = text.toLowerCase();
  if (WORD.test(name) && A_WORD.test(text)) return !spoken.is(plain);
  if (URI.test(name)) return A_URI.test(text);
  return ID.test(name) && AN_ID.test(text) && LOOKS_MADE.test(text) && !spoken.standsIn(plain);
}

function isKeptNumber(number: number, { name, ofPerson }: Place): boolean {
  return !ofPerson && (Math.abs(number) < SMALL || ID.test(name) || TIME.test(name));
}
