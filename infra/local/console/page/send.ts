/** The answer of the console server, or a sentence about what went wrong. */
export type Answer<T> = { readonly value: T; readonly trouble?: undefined } | { readonly trouble: string };

export const stoppedSentence = 'The local stack does not answer. Restart it with npm start.';

/** Sends JSON to the console server. Never rejects. */
export const send = async <T>(method: 'PUT' | 'POST', path: string, body: unknown): Promise<Answer<T>> => {
  try {
    const response = await fetch(path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    return response.ok ? { value: answer as T } : { trouble: String(answer.error) };
  } catch {
    return { trouble: stoppedSentence };
  }
};
