import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { UsageError } from '../command-line.ts';

/** Lambda's limit for synchronous invocations. */
const maxEventBytes = 6 * 1024 * 1024;

/**
 * Reads the event as JSON text: as typed, from a file, or from standard input. It is checked here, because a missing
 * quote is the most common mistake, and the message shows what the shell left of the event.
 * @throws {UsageError}
 */
export const readEvent = async (event: string, standardInput: NodeJS.ReadableStream): Promise<string> => {
  const json = (await source(event, standardInput)).trim();
  if (Buffer.byteLength(json) > maxEventBytes)
    throw new UsageError('The event is larger than 6 MB, which is the limit of Lambda.');
  try {
    JSON.parse(json);
    return json;
  } catch {
    throw new UsageError(`The event is not valid JSON: ${placeIn(json)}\n${adviceFor(event)}`);
  }
};

const source = async (event: string, standardInput: NodeJS.ReadableStream): Promise<string> => {
  if (event === '-') return textOf(standardInput);
  if (!event.endsWith('.json')) return event;
  try {
    return await readFile(event, 'utf8');
  } catch {
    throw new UsageError(`There is no file ${event}.`);
  }
};

const adviceFor = (event: string): string =>
  event === '-' || event.endsWith('.json')
    ? 'Correct it in its source.'
    : 'Put the whole event into single quotes, and every name and text in it into double quotes; or put it into a file such as event.json.';

const shownBefore = 30;
const shownAfter = 30;

/** The text around the first mistake, with a mark below it. */
const placeIn = (json: string): string => {
  if (json === '') return 'it is empty.';
  const at = firstMistake(json);
  const start = at <= shownBefore ? 0 : at - shownBefore;
  const oneLine = (part: string): string => part.replaceAll(/\s/g, ' ');
  const before = `${start > 0 ? '...' : ''}${oneLine(json.slice(start, at))}`;
  const rest = json.slice(at);
  const after = `${oneLine(rest.slice(0, shownAfter))}${rest.length > shownAfter ? '...' : ''}`;
  const what = at < json.length ? 'the mistake is here' : 'the event ends too early';
  const mark = `${' '.repeat('The event is not valid JSON: '.length + before.length)}^`;
  const line = json.slice(0, at).split('\n').length;
  const column = at - json.lastIndexOf('\n', at - 1);
  return `${before}${after}\n${mark} ${what} (line ${line}, column ${column})`;
};

/** The length of the longest valid beginning. V8's own messages do not always contain a position. */
const firstMistake = (json: string): number => {
  let good = 0;
  let bad = json.length + 1;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (isBeginning(json.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
};

const isBeginning = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const [, position] = /at position (\d+)/.exec(message) ?? [];
    return /end of JSON input/.test(message) || (position !== undefined && Number(position) >= text.length);
  }
};
