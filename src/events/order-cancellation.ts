import type { CancellationData, CancellationPersonal } from './cancellation.ts';
import type { Instant } from './instant.ts';
import type { Money } from './money.ts';

/** An order that was cancelled before it was paid, as MyEduzz says it (`myeduzz.invoice_canceled`). */
export interface OrderCancellation {
  readonly shape: 'OrderCancellation';
  readonly kind: 'ORDER';
  readonly data: CancellationData & {
    readonly orderId: string;
    readonly items: readonly OrderItem[];
    readonly total: Money | null;
    readonly paymentMethod: string | null;
    readonly installments: number | null;
    /** The subscription that it belongs to. */
    readonly subscriptionId: string | null;
    /** The order that it was added to at the checkout. */
    readonly mainOrderId: string | null;
    readonly offerName: string | null;
    readonly createdAt: Instant | null;
    readonly dueAt: Instant | null;
    readonly sentAt: Instant | null;
  };
  readonly personal: CancellationPersonal & {
    readonly customerAddress: unknown;
    readonly producerEmail: string | null;
    /** Where the customer came from: free text of the producer's, which may say who it was. */
    readonly utm: unknown;
    readonly tracker: unknown;
  };
}

export interface OrderItem {
  readonly productId: string | null;
  readonly name: string | null;
  readonly price: Money | null;
  /** Such as `single`. */
  readonly billingType: string | null;
  readonly sku: string | null;
}
