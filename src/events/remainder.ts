import { isRawNumber } from './exact-json.ts';
import { AN_ID, Spoken } from './spoken.ts';

/**
 * What is left of a payload, as JSON, when its people are taken out: its structure, ids of things, words such as a status,
 * times, truths and small numbers. Nobody knows what a payload says that was not understood, so this goes by the names of its
 * members, and what is in doubt goes. A text that goes leaves an empty one and a number 0, so that the rest can still fit a
 * schema.
 *
 * @param payload as `parseExact` has it.
 */
export function remainderOf(payload: unknown): string {
  const spoken = new Set<string>();
  collect(payload, false, spoken);
  return JSON.stringify(rest(payload, { name: '', ofPerson: false }, new Spoken(spoken)));
}

/** Of a member, or of the member that an item of a list stands in. */
interface Place {
  readonly name: string;
  /** Whether it stands in something that is about a person. */
  readonly ofPerson: boolean;
}

/** Members that are about somebody, or about how somebody is reached, and all that is in them. */
const PERSONAL =
  /contact|customer|buyer|payer|member|user|visitor|student|learner|invitee|attendee|guest|person|people|profile|recipient|client|patient|passenger|rider|subscriber|responsible|holder|name|mail|phone|mobile|^cell|whatsapp|fax|address|street|city|zip|postal|cep$|geo|latitude|longitude|^lat$|^lng$|document|passport|cpf|cnpj|tax_?id|birth|born|nasc|gender|^age$|note|comment|message|answer|reason|^tags?$|custom_?(?:field|attribute|data)|metadata|utm|tracking/i;
/** Members that say which thing it is. */
const ID = /^(?:id|uid|uuid|guid)$|[a-z\d](?:Id|ID|Uid|Uuid)$|_(?:id|uid|uuid)$/;
/** Those of them that are addresses of an interface: Calendly has no other ids. */
const URI = /^(?:uri|created_by)$/;
const A_URI = /^https:\/\/[\w./-]*\/[\w-]{16,128}$/;
/** Members that say what kind of thing it is, or in which state. */
const WORD = /(?:event|type|kind|status|state|slug|fqdn|object|currency|version|revision|sequence)$/i;
const TIME = /(?:at|date|time|timestamp|created|updated|started|ended|expires|start|end)$/i;
/** A name that a programmer gives a member: any other name may be a person's. */
const NAME = /^[A-Za-z_$][\w$-]{0,63}$/;
/** Members of one object that are told apart by name. With more of them their names are somebody's data. */
const MOST_MEMBERS = 100;

/** Nicknames are short and have no digit. */
const LOOKS_MADE = /\d|^.{16}/;
const A_WORD = /^[A-Za-z][\w.:-]{0,99}$/;
const A_TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;
const AN_AMOUNT = /^-?\d{1,6}(?:\.\d{1,12})?$/;
/** A telephone number has more digits. */
const SMALL = 10_000_000;
/** Characters of what a person is called by, where it is looked for elsewhere. */
const SHORTEST = 4;

/** All texts and numbers about people: the same may stand where nobody would look for a person. */
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
  // An id with more digits than a double holds: as a number it would become another id.
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
