/**
 * A GraphQL request as clients send it, over any transport. It has the text of its document, or names the document by an id.
 */
export interface OperationRequest {
  readonly query?: string | null | undefined;
  readonly documentId?: unknown;
  readonly id?: unknown;
  readonly extensions?: Record<string, unknown> | null | undefined;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}
