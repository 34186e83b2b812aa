/**
 * Runs `work` over items in order, at most `width` concurrently, while `mayStart` returns true.
 * @returns how many items were started; all of them have ended
 * @throws the first error of `items` or `work`, after all started work has ended; nothing new is started after an error
 */
export const inParallel = async <T>(
  items: Iterable<T> | AsyncIterable<T>,
  width: number,
  mayStart: () => boolean,
  work: (item: T) => Promise<void>,
): Promise<number> => {
  const waiting = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let begun = 0;
  let fault: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    while (!fault && mayStart()) {
      try {
        const next = await waiting.next();
        if (next.done) return;
        begun += 1;
        await work(next.value);
      } catch (error) {
        fault ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  if (fault) throw fault.error;
  return begun;
};
