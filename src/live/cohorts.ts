import { Cohort, type SharedOperation } from './cohort.ts';
import { type Item, tenantOf } from './message.ts';

/** All cohorts, found by their key, and by the tenants whose events they follow. */
export class Cohorts {
  readonly #byKey = new Map<string, Cohort>();
  readonly #byTenant = new Map<string, Set<Cohort>>();
  /** The cohorts that want every tenant's events. */
  readonly #ofAll = new Set<Cohort>();

  get size(): number {
    return this.#byKey.size;
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** Counts one more subscriber, and returns its cohort. */
  enter(following: SharedOperation): Cohort {
    let cohort = this.#byKey.get(following.key);
    if (!cohort) {
      cohort = new Cohort(following);
      this.#byKey.set(following.key, cohort);
      for (const set of this.#placesOf(cohort)) set.add(cohort);
    }
    cohort.subscribers += 1;
    return cohort;
  }

  leave(cohort: Cohort): void {
    cohort.subscribers -= 1;
    if (cohort.subscribers > 0) return;
    this.#byKey.delete(cohort.key);
    for (const set of this.#placesOf(cohort)) set.delete(cohort);
    for (const tenant of cohort.filter.tenants ?? []) {
      if (this.#byTenant.get(tenant)?.size === 0) this.#byTenant.delete(tenant);
    }
  }

  /** The cohorts that want the item. Cohorts of other tenants cost nothing. */
  *of(item: Item): Generator<Cohort, void> {
    for (const cohort of this.#byTenant.get(tenantOf(item)) ?? []) if (cohort.wants(item)) yield cohort;
    for (const cohort of this.#ofAll) if (cohort.wants(item)) yield cohort;
  }

  *#placesOf({ filter }: Cohort): Generator<Set<Cohort>, void> {
    if (!filter.tenants) return void (yield this.#ofAll);
    for (const tenant of filter.tenants) {
      let cohorts = this.#byTenant.get(tenant);
      if (!cohorts) this.#byTenant.set(tenant, (cohorts = new Set()));
      yield cohorts;
    }
  }
}
