import { randomUUID } from 'node:crypto';
import { idOf } from '../auth/authenticate.ts';
import { type Asked, type Signer, optionsOf, signToken } from '../auth/sign.ts';
import type { Viewer } from '../auth/viewer.ts';
import { HookcastError } from '../errors.ts';
import type { AuditAction } from '../events/audit.ts';
import type { Field } from '../events/drift.ts';
import type { ErasurePreview, ErasureReceipt, ErasureRequest } from '../events/erasure.ts';
import type { EventLog } from '../events/event-log.ts';
import { requireSource } from '../events/known-source.ts';
import type { Admitted, Refused, RefusedDesk } from '../events/refused.ts';
import type { Token } from '../events/token.ts';

/** What of a gateway, or of a command beside one, does what operators ask for. */
export interface OperatorBacking {
  readonly log: EventLog;
  /** Tries refused deliveries again. */
  readonly refusals: RefusedDesk;
  /** What tokens are signed with; null if only another issuer can sign those that the gateway takes. */
  readonly signer: () => Signer | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** @param noted notes what is about to be done, before it is. */
export type OpenOperator = (
  viewer: Viewer,
  noted: (action: AuditAction, target: string | null) => Promise<void>,
) => Operator;

/** What can be done for the whole gateway. Whoever has this was found to be an operator of every tenant. */
export interface Operator {
  /** What providers send that they did not send before; of one source, or of all. */
  drift(source: string | null): Promise<DriftReport>;
  /** Takes all of it as known. How many fields that were not. */
  acceptDrift(source: string | null): Promise<number>;
  /** Erases, or only says what would be erased. */
  erase(of: ErasedPerson, how: ErasureOptions): Promise<ErasureReport>;
  /** Refused deliveries that are kept, from after an id on. */
  refused(request: { readonly after: number; readonly limit: number; readonly source: string | null }): Promise<{
    readonly kept: readonly KeptRefusal[];
    /** Whether there may be more although fewer were found. */
    readonly isCut: boolean;
  }>;
  /** What became of it; null when there is none. */
  admit(id: number): Promise<Admitted | null>;
  /** Whether there was one. */
  drop(id: number): Promise<boolean>;
  tokens(): Promise<readonly Token[]>;
  issue(asked: Asked & { readonly label: string }): Promise<{ readonly token: Token; readonly text: string }>;
  /** @param isForeign whether another issuer made it, so that the log need not know it. */
  revoke(id: string, isForeign: boolean): Promise<Token>;
}

export interface DriftReport {
  /** Types of which a delivery was seen. */
  readonly types: number;
  /** What nobody expected. */
  readonly fields: readonly (Field & { readonly deliveries: number })[];
}

/** Whose data is to be erased, as it is asked for. */
export interface ErasedPerson {
  readonly source: string | null;
  readonly subject: string | null;
  readonly email: string | null;
}

export interface ErasureOptions {
  readonly orderedBy: string;
  readonly dryRun: boolean;
  /** Also when more than one subject would lose something. */
  readonly evenSeveral: boolean;
}

export interface ErasureReport {
  /** What it would do, if that was asked for or kept it from being done. */
  readonly preview: ErasurePreview | null;
  /** What it did; null if nothing was done. */
  readonly receipt: ErasureReceipt | null;
  readonly at: number;
  readonly orderedBy: string;
  /** Whether refused deliveries are kept, which an erasure can't look into. */
  readonly keepsRefused: boolean;
}

/** Without what was sent. */
export type KeptRefusal = Omit<Refused, 'sealed' | 'digest'>;

/** Characters of a token's name, since it stands in each token; and of who ordered an erasure. */
const LONGEST_NAME = 100;
const LONGEST_ORDER = 200;
/** Rows that may have a whole body each, and how often so many are read for one page. */
const FEW = 10;
const MOST_READS = 20;

/** What operators have of a gateway, or of a command beside one. */
export function operatorsOf({ log, refusals, signer, now }: OperatorBacking): OpenOperator {
  return ({ scopes }, noted) => ({
    async drift(source) {
      if (source !== null) await requireSource(log, source);
      const fields = (await log.listFields()).filter((field) => source === null || field.source === source);
      const whole = fields.filter(({ path }) => path === '');
      const deliveries = new Map(whole.map((one) => [keyOf(one), one.count]));
      const news = fields.filter(({ expected }) => !expected);
      return {
        types: whole.length,
        fields: news.map((field) => ({ ...field, deliveries: deliveries.get(keyOf(field)) ?? field.count })),
      };
    },

    async acceptDrift(source) {
      if (source !== null) await requireSource(log, source);
      await noted('ACCEPT_DRIFT', source);
      return log.expectFields(source ?? undefined);
    },

    async erase(of, { orderedBy, dryRun, evenSeveral }) {
      const request = toRequest(of);
      if (orderedBy.trim() === '' || orderedBy.length > LONGEST_ORDER) {
        throw bad(`Say who ordered the erasure in up to ${LONGEST_ORDER} characters.`);
      }
      // A mistyped source would find nothing, and look as if nothing had been known.
      if (of.source !== null) await requireSource(log, of.source);
      const at = now();
      const keepsRefused = (await log.listRefused({ limit: 1, now: at })).length > 0;
      const report = { at, orderedBy, keepsRefused };
      if (dryRun || !evenSeveral) {
        const preview = await log.previewErasure(request);
        if (dryRun || concernsSeveral(preview)) return { ...report, preview, receipt: null };
      }
      await noted('ERASE', [of.source, of.subject].filter(Boolean).join(' ') || null);
      return { ...report, preview: null, receipt: await log.erase(request, { at, orderedBy }) };
    },

    async refused({ after: from, limit, source }) {
      const kept: KeptRefusal[] = [];
      let after = from;
      for (let reads = 0; reads < MOST_READS; reads += 1) {
        const page = await log.listRefused({ after, limit: FEW, now: now() });
        for (const { sealed: _sealed, digest: _digest, ...rest } of page) {
          if (source === null || rest.source === source) kept.push(rest);
          if (kept.length === limit) return { kept, isCut: false };
        }
        if (page.length < FEW) return { kept, isCut: false };
        after = page.at(-1)!.id;
      }
      return { kept, isCut: true };
    },

    async admit(id) {
      if (!(await log.findRefused(id, now()))) return null;
      await noted('ADMIT', `refused/${id}`);
      return refusals.admit(id);
    },

    async drop(id) {
      if (!(await log.findRefused(id, now()))) return false;
      await noted('DROP', `refused/${id}`);
      return log.dropRefused(id);
    },

    tokens: () => log.listTokens(),

    async issue({ label, ...asked }) {
      const options = optionsOf(asked);
      if (label.trim() === '' || label.length > LONGEST_NAME) {
        throw bad(`Say whom the token is for, in up to ${LONGEST_NAME} characters.`);
      }
      // Or a token for operations alone would be one for everybody's personal data.
      const beyond = options.scope.split(' ').filter((scope) => !scopes.has(scope as never));
      if (beyond.length > 0) {
        throw new HookcastError(
          'FORBIDDEN',
          `Your own token lacks the scope ${beyond.join(', ')}, so that it can't issue a token that has it.`,
        );
      }
      const own = signer();
      if (own === null) {
        throw bad(
          'The gateway takes the tokens of another issuer alone (AUTH_JWKS_URL or AUTH_PUBLIC_KEY): let that one make the token. If ' +
            'its tokens have the claim "jti", they can be revoked here by it: hookcast token revoke --id.',
        );
      }
      const id = randomUUID();
      const issuedAt = now();
      const text = await signToken(own, options, { id, label });
      const { tenant: tenants, scope, expires } = options;
      const times = { issuedAt, expiresAt: issuedAt + expires * 1000, revokedAt: null, usedAt: null };
      const token = { id, label, tenants, scope, ...times };
      await noted('ISSUE', id);
      // Only what the log knows is handed out.
      await log.keepToken(token);
      return { token, text };
    },

    async revoke(id, isForeign) {
      // A mistyped id would be revoked, and the token not.
      if (!isForeign && !(await log.listTokens()).some((token) => token.id === id)) {
        throw new HookcastError('NOT_FOUND', `No token here has the id ${id}. If another issuer made it, say so.`);
      }
      const jti = isForeign ? idOf({ jti: id }) : id;
      if (jti === null) throw bad('The id of the token is missing.');
      await noted('REVOKE', jti);
      return log.revokeToken(jti, now());
    },
  });
}

/** What has no subject may be about anything. */
export function concernsSeveral({ subjects, withoutSubject }: Pick<ErasurePreview, 'subjects' | 'withoutSubject'>) {
  return subjects + withoutSubject > 1;
}

function toRequest({ source, subject, email }: ErasedPerson): ErasureRequest {
  if ((subject === null) === (email === null)) throw bad('Say a source and a subject, or an e-mail address; not both.');
  if (email !== null) {
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw bad('Expected one e-mail address.');
    return { by: 'email', email, source };
  }
  if (source === null) throw bad('The source is missing: a subject is one of a source.');
  if (subject === null || !/^[^/\s]+\/.+$/s.test(subject)) {
    throw bad('Expected a subject like ticket/… or booking/…, as the events have it.');
  }
  return { by: 'subject', source, subject, account: null, contacts: [] };
}

function keyOf({ source, type }: Pick<Field, 'source' | 'type'>): string {
  return JSON.stringify([source, type]);
}

function bad(message: string): HookcastError {
  return new HookcastError('BAD_REQUEST', message);
}
