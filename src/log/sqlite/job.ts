import type { ErasureOrder, ErasureRequest } from '../../events/erasure.ts';
import type { Quarantine } from '../../events/quarantine.ts';
import type { ReceivedSecret } from '../../events/received-secret.ts';
import type { NewRefused, RefusedRoom } from '../../events/refused.ts';
import type { TokenUse } from '../../events/token.ts';
import type { Row } from '../value.ts';
import type { EraseProgress } from './erase.ts';
import type { IndexProgress } from './words.ts';
import type { ReviseProgress as ToRevise } from './revise.ts';

/** A task for the thread that writes. */
export type Job =
  | { readonly kind: 'append'; readonly rows: readonly Row[] }
  | { readonly kind: 'tryToWrite' }
  | { readonly kind: 'erase'; readonly request: ErasureRequest; readonly order: ErasureOrder }
  | {
      readonly kind: 'erasePiece';
      readonly piece: EraseProgress;
      readonly request: ErasureRequest;
      readonly order: ErasureOrder;
    }
  | { readonly kind: 'previewErasure'; readonly request: ErasureRequest }
  | { readonly kind: 'takeTurn'; readonly holder: string }
  | ({ readonly kind: 'revise' } & ToRevise)
  | { readonly kind: 'endTurn'; readonly holder: string }
  | { readonly kind: 'clean' }
  | { readonly kind: 'trim'; readonly receivedBefore: number; readonly most: number }
  | { readonly kind: 'addWords'; readonly progress: IndexProgress }
  | { readonly kind: 'quarantine'; readonly row: Row }
  | { readonly kind: 'settle'; readonly id: number; readonly as: Parameters<Quarantine['settle']>[1] }
  | { readonly kind: 'recordFields'; readonly rows: readonly Row[] }
  | { readonly kind: 'expectFields'; readonly source: string | null }
  | { readonly kind: 'recordAnswers'; readonly rows: readonly Row[] }
  | { readonly kind: 'recordTypes'; readonly gateway: string; readonly types: string }
  | { readonly kind: 'forgetTypes'; readonly gateway: string }
  | { readonly kind: 'keepBrought'; readonly brought: ReceivedSecret; readonly most: number }
  | { readonly kind: 'keepToken'; readonly row: Row }
  | { readonly kind: 'revokeToken'; readonly id: string; readonly at: number }
  | { readonly kind: 'useTokens'; readonly uses: readonly TokenUse[] }
  | { readonly kind: 'recordAudit'; readonly rows: readonly Row[] }
  | { readonly kind: 'trimAudit'; readonly notedBefore: number }
  | { readonly kind: 'keepRefused'; readonly refused: readonly NewRefused[]; readonly room: RefusedRoom }
  | { readonly kind: 'dropRefused'; readonly id: number }
  | { readonly kind: 'expireRefused'; readonly now: number }
  | { readonly kind: 'pauseSource'; readonly row: Row }
  | { readonly kind: 'resumeSource'; readonly source: string }
  | { readonly kind: 'takeReconciliation' | 'endReconciliation'; readonly source: string; readonly holder: string }
  | { readonly kind: 'keepReconciliation'; readonly row: Row; readonly holder: string }
  | { readonly kind: 'beginSilence'; readonly source: string; readonly since: number }
  | { readonly kind: 'endSilence'; readonly source: string }
  | { readonly kind: 'durability' }
  | { readonly kind: 'close' };

/** The settings of the connection that writes, as SQLite reports them. */
export interface Durability {
  readonly journalMode: string;
  readonly synchronous: number;
}
/** The writer's answer to a job, or a message of its own. */
export type WriterReply =
  | { readonly value: unknown }
  /** `isBusy` says that another connection held the file's lock for as long as the writer waits. */
  | { readonly error: string; readonly isBusy?: boolean }
  /** A message of its own: the writer committed a job of another gateway that shares it. */
  | { readonly moved: true };
