import { type NamedFile, nameDistinctly } from './dropped-files.ts';
import { byId, setText } from './element.ts';
import type { Notice } from './notices.ts';
import { stoppedSentence } from './send.ts';

export interface Place {
  readonly kind: string;
  readonly id: string;
}

/** Browsers open six connections per host, and each tab uses one for its live stream. */
const maxConcurrent = 3;

/**
 * Sends dropped files to the console server, a few at a time. Their rows arrive through the live stream like all
 * others.
 */
export const uploader = (onTrouble: Notice) => {
  const waiting: (NamedFile & { readonly place: Place })[] = [];
  let running = 0;
  let done = 0;
  let total = 0;

  const tell = (): void => {
    // Keeps its space, so that nothing below moves.
    byId('batch', HTMLParagraphElement).toggleAttribute('data-idle', total === done);
    byId('batch-progress', HTMLProgressElement).value = total === 0 ? 0 : done / total;
    setText(byId('batch-text', HTMLSpanElement), `${done} of ${total} in the bucket`);
    if (total === done) total = done = 0;
  };

  const next = async (): Promise<void> => {
    if (running >= maxConcurrent) return;
    const item = waiting.shift();
    if (!item) return;
    running += 1;
    const trouble = await sendFile(item, item.place);
    running -= 1;
    done += 1;
    if (trouble === stoppedSentence) {
      // All remaining files would fail in the same way.
      const left = waiting.splice(0).length;
      done += left;
      onTrouble(left === 0 ? trouble : `${trouble} ${left} more files were not sent.`, item.name);
    } else if (trouble !== undefined) onTrouble(trouble, item.name);
    tell();
    void next();
  };

  return (files: readonly File[], place: Place): void => {
    waiting.push(...nameDistinctly(files).map((named) => ({ ...named, place })));
    total += files.length;
    tell();
    for (let lane = 0; lane < maxConcurrent; lane += 1) void next();
  };
};

const sendFile = async ({ file, name }: NamedFile, { kind, id }: Place): Promise<string | undefined> => {
  try {
    const response = await fetch(`/uploads?${new URLSearchParams({ kind, id, name: name.toWellFormed() })}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: file,
    });
    if (response.ok) return undefined;
    return String((await response.json()).error);
  } catch {
    // A file that was deleted or changed after the drop fails in the same way as a stopped stack.
    const readable = await file
      .slice(0, 1)
      .arrayBuffer()
      .then(
        () => true,
        () => false,
      );
    return readable
      ? stoppedSentence
      : 'It could not be read: it is a folder, or it was changed or deleted after the drop.';
  }
};
