/** The name without case and separators, so that `buyerName` and `buyer_name` are the same. */
export function plain(name: string): string {
  return name.replaceAll(/[^a-z0-9]/gi, '').toLowerCase();
}

/** The words of a name: `buyerName` and `buyer_name` have two. */
function words(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

const PEOPLE = new Set(
  `affiliate attendee author buyer client contact customer driver employee guest holder host invitee learner member organiser
  organizer owner participant passenger patient payer person producer recipient rider seller sender student subscriber user`.split(
    /\s+/,
  ),
);
const MONEY = new Set(
  'amount balance charge charged cost discount fee gross net paid price refund refunded shipping subtotal sum tax total value'.split(
    ' ',
  ),
);
const TIMES = new Set(
  'at created date deleted ends expires modified on paid since starts time timestamp until updated'.split(' '),
);
const IDS = new Set(['id', 'ids', 'uuid', 'guid']);
/** Words in the names of numbers and ids that tell who or where somebody is. */
const TELLING = new Set(
  `age birth cep cnpj cpf device document fax ip lat latitude license lng lon longitude mobile national passport phone pin postal
  salary ssn tax telephone vat whatsapp zip`.split(/\s+/),
);

export const isOfPerson = (name: string) => PEOPLE.has(singular(words(name).at(-1)));
export const isOfMoney = (name: string) => words(name).some((word) => MONEY.has(word));
export const isOfTime = (name: string) => words(name).some((word) => TIMES.has(word));
export const isOfId = (name: string) => IDS.has(words(name).at(-1) ?? '');
/** Whether an id or a number of this name identifies a person. */
export const isTelling = (name: string) => words(name).some((word) => TELLING.has(word) || PEOPLE.has(singular(word)));

function singular(word = ''): string {
  return word.replace(/s$/, '');
}

/** A name for GraphQL and JavaScript: `startsAt` for `starts_at`. */
export function camel(name: string): string {
  // In names in capitals such as `SEAT_ID`, only separators mark the words, so case is dropped.
  const joined = pascal(/[a-z]/.test(name) ? name : name.toLowerCase());
  return joined.charAt(0).toLowerCase() + joined.slice(1);
}

/** A name for a type: `TicketSold` for `ticket.sold`. */
export function pascal(name: string): string {
  const joined = name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  return /^[A-Za-z]/.test(joined) ? joined : `N${joined}`;
}
