/** A receiver that does not answer within this time has failed. */
const timeoutMs = 5_000;

/** The maximum number of events that wait for a slow receiver; more are dropped. */
const maxWaiting = 1_000;

export interface EventPosts {
  post(event: unknown): void;
  /** Resolves when every event posted so far has been accepted or dropped. */
  ended(): Promise<void>;
}

/**
 * Posts events to a URL, one after the other. Its errors never stop the stack: a failing receiver is reported once, and
 * again only after it has accepted an event.
 */
export const postEvents = (url: string, say: (sentence: string) => void): EventPosts => {
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  let failing = false;

  const fail = (what: string): void => {
    if (!failing)
      say(`${url} ${what}, so it missed an event. Later events are still posted; on AWS, a rule would retry this one.`);
    failing = true;
  };
  const post = async (event: unknown): Promise<void> => {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(event),
        signal: AbortSignal.timeout(timeoutMs),
      });
      await answer.body?.cancel();
      if (answer.ok) failing = false;
      else fail(`answered HTTP ${answer.status}`);
    } catch (error) {
      const isSilent = error instanceof Error && error.name === 'TimeoutError';
      fail(isSilent ? `did not answer within ${timeoutMs / 1000} s` : 'cannot be reached');
    }
  };

  return {
    post: (event) => {
      if (waiting >= maxWaiting) return fail('is too slow');
      waiting += 1;
      last = last
        .then(() => post(event))
        .finally(() => {
          waiting -= 1;
        });
    },
    ended: () => last,
  };
};
