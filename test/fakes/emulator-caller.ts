import type { OutgoingHttpHeaders } from 'node:http';
import { greenhouseIntegrationId, type KomboEmulator } from '../../infra/local/kombo/emulator.ts';
import { rawCall, type Seen, type Sent } from './raw-call.ts';

/** A valid API key and integration. */
export const validHeaders = {
  authorization: 'Bearer ks_dev_local',
  'x-integration-id': greenhouseIntegrationId,
  'content-type': 'application/json',
};

/** One call, by default with a valid API key and integration. */
export const call = (emulator: KomboEmulator, { path, headers, ...sent }: Sent & { readonly path: string }) =>
  rawCall(`${emulator.url}${path}`, {
    ...sent,
    headers: { ...validHeaders, ...headers },
  });

/** One call of the emulator's control address, which tests and the console use. */
export const callControl = async (emulator: KomboEmulator, method: string, path: string, body?: unknown) => {
  const response = await fetch(`${emulator.controlUrl}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
};

export const pdf = {
  name: 'Frank Doe CV.pdf',
  type: 'CV',
  content_type: 'application/pdf',
  data: Buffer.from('%PDF-1.7 Frank').toString('base64'),
};

/** Posts an attachment to a candidate, by default the sample file. */
export const post = (
  emulator: KomboEmulator,
  candidateId: string,
  {
    body = { attachment: pdf },
    headers = {},
    signal,
  }: { body?: unknown; headers?: OutgoingHttpHeaders; signal?: AbortSignal } = {},
): Promise<Seen> =>
  call(emulator, {
    method: 'POST',
    path: `/ats/candidates/${candidateId}/attachments`,
    body: JSON.stringify(body),
    headers,
    ...(signal ? { signal } : {}),
  });

export const list = (emulator: KomboEmulator, candidateId: string): Promise<Seen> =>
  call(emulator, { path: `/ats/candidates/${candidateId}/attachments` });

/** `data.results` of a listing. */
export const resultsOf = ({ text }: Seen): readonly Record<string, unknown>[] => JSON.parse(text).data.results;

/** Kombo's error in an answer; undefined when it holds none. */
export const errorOf = ({
  text,
}: Seen): { code: string | null; message: string; log_url?: string | null } | undefined => JSON.parse(text).error;

/** The code with which a call fails on the wire, for example ECONNRESET. */
export const wireErrorOf = async (calling: Promise<Seen>): Promise<string | undefined> => {
  try {
    const { status } = await calling;
    return `answered ${status}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
};
