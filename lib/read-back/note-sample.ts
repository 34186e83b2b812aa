import type { Courier } from '../courier.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { uploadId } from '../upload/upload.ts';
import { wantsSample, withSample } from './learn-tool.ts';

/**
 * Notes an upload that Kombo has just answered with success, if comparing it later would teach something about the
 * tool. Once the tool is known there is nothing to note, and a warm function makes no call. Never fails: the file is
 * delivered, and the next upload teaches the same.
 */
export const noteSample = async (
  record: LedgerRecord,
  { lanes, clock, settings }: Pick<Courier, 'lanes' | 'clock' | 'settings'>,
): Promise<void> => {
  const { target, sent, content, state } = record;
  const isAnswered = state.status === 'attached' && state.evidence === 'answer';
  if (!target || !sent || !content || !isAnswered || record.resentAt !== undefined) return;
  const { integrationId, kind, id: targetId } = target;
  const topic = { kind, contentType: sent.contentType };
  const about = { targetId, sizeBytes: content.sizeBytes };
  const now = clock.now();
  try {
    if (!wantsSample(await lanes.toolOf(integrationId), topic, about, now)) return;
    const dueAt = now + settings.readBackAgainMs;
    const sample = { id: uploadId(record.upload), ...about, notedAt: now, dueAt, tries: 0 };
    await lanes.learn(integrationId, (tool) =>
      wantsSample(tool, topic, about, now) ? withSample(tool, topic, sample) : tool,
    );
  } catch {
    // The table cannot be read or written, so nothing is noted.
  }
};
