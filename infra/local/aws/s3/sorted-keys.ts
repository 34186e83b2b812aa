/** Keys in S3's order: by the bytes of UTF-8, which is not JavaScript's order for emoji and a few rare letters. */
export class SortedKeys<T> {
  readonly #values = new Map<string, T>();
  readonly #order: string[] = [];

  get size(): number {
    return this.#order.length;
  }

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: T): void {
    if (!this.#values.has(key)) this.#order.splice(this.#position(key), 0, key);
    this.#values.set(key, value);
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#order.splice(this.#position(key), 1);
  }

  /** From the first key that does not come before this one. */
  *entriesFrom(start: string): Generator<readonly [key: string, value: T]> {
    for (let at = this.#position(start); at < this.#order.length; at += 1) {
      const key = this.#order[at] as string;
      yield [key, this.#values.get(key) as T];
    }
  }

  /** By halving: of the first key that does not come before this one. */
  #position(key: string): number {
    const last = this.#order.at(-1);
    if (last === undefined || compareKeys(last, key) < 0) return this.#order.length;
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareKeys(this.#order[middle] as string, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export const compareKeys = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
