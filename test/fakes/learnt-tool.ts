import {
  afterSample,
  type Sample,
  type SampleResult,
  type Tool,
  type ToolGroup,
  type ToolTopic,
  wantsSample,
  withSample,
} from '../../lib/read-back/learn-tool.ts';
import { minute, nine } from './ledger-samples.ts';

/** Samples of a tool, and the tool after they were compared. */

export const pdfs: ToolTopic = { kind: 'candidate', contentType: 'application/pdf' };

export const sampleOf = (
  targetId: string,
  sizeBytes: number,
  notedAt = nine,
  id = `${targetId}-${sizeBytes}`,
): Sample => ({
  id,
  targetId,
  sizeBytes,
  notedAt,
  dueAt: notedAt + 15 * minute,
  tries: 0,
});

/** The tool after a sample was noted and compared. */
export const compared = (tool: Tool, sample: Sample, result: SampleResult, now = nine, topic = pdfs): Tool =>
  afterSample(withSample(tool, topic, sample), topic, sample, result, now);

/** The tool after the file of a sample was found at its target. */
export const found = (tool: Tool, targetId: string, sizeBytes: number, now = nine, topic = pdfs): Tool =>
  compared(tool, sampleOf(targetId, sizeBytes), 'found', now, topic);

/** Whether an upload becomes a sample. */
export const wants = (tool: Tool, targetId: string, sizeBytes: number, now = nine, topic = pdfs): boolean =>
  wantsSample(tool, topic, { targetId, sizeBytes }, now);

/** What is known of PDFs. */
export const groupOf = (tool: Tool): ToolGroup | undefined =>
  tool.find(({ contentType }) => contentType === pdfs.contentType);
