import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { type Deadline, deadlineIn } from '../../lib/deadline.ts';
import { type AttachmentFacts, attachmentBody, type RequestBody } from '../../lib/kombo/attachment-request.ts';
import { type KomboClient, komboClient } from '../../lib/kombo/client.ts';
import { httpTransport } from '../../lib/kombo/http-transport.ts';
import type { Target } from '../../lib/upload/target.ts';
import { asFromASocket } from './chunks.ts';

/** What a test needs to call Kombo with: our real client, an invented person, a deadline. */

export const candidate: Target = { kind: 'candidate', id: 'Frank1', integrationId: 'greenhouse:local1' };

export const facts: AttachmentFacts = { name: 'Frank Doe CV.pdf', type: 'CV', contentType: 'application/pdf' };

export const clientOf = (url: string, clock: Clock = systemClock): KomboClient =>
  komboClient({ transport: httpTransport(url, clock), clock, apiKey: async () => 'ks_dev_local' });

/** A request with these bytes as the file. */
export const bodyOf = (file: Uint8Array | string): RequestBody => {
  const bytes = Buffer.from(file);
  return attachmentBody(facts, bytes.length, asFromASocket(bytes));
};

/** Far in the future, unless the test is about it. */
export const inTime = (clock: Clock = systemClock, durationMs = 20_000): Deadline => {
  const deadline = deadlineIn(clock, durationMs);
  onTestFinished(deadline.clear);
  return deadline;
};
