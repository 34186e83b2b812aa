import type { Result } from '../../../../lib/result.ts';
import { contentTypePattern } from './attachment-body.ts';
import { type ApiError, apiError } from './errors.ts';

export interface Download {
  readonly bytes: Buffer;
  /** The content type of the response, without parameters; undefined when it is not usable. */
  readonly contentType: string | undefined;
}

const timeoutMs = 30_000;

/**
 * Fetches a `data_url` immediately, as Kombo does. Only URLs on this machine are allowed, because the local stack calls
 * no other. Kombo publishes no code for a failed download, so input invalid is our choice. Messages never contain the
 * URL, because it is signed.
 */
export const download = async (
  url: URL,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Result<Download, ApiError>> => {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return invalid('must be an http or https URL');
  if (!isLoopback(url.hostname))
    return invalid('must point to this machine: the emulator fetches nothing from elsewhere');
  try {
    const response = await fetch(url, {
      // A redirect could lead away from this machine.
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    if (!response.ok || response.body === null) return invalid(`could not be downloaded (HTTP ${response.status})`);
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const chunk of response.body) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) return invalid(`is larger than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    const announced = response.headers.get('content-type')?.split(';')[0]?.trim() ?? '';
    const contentType = contentTypePattern.test(announced) ? announced : undefined;
    return { ok: true, value: { bytes: Buffer.concat(chunks), contentType } };
  } catch {
    return invalid('could not be downloaded');
  }
};

const invalid = (what: string): { readonly ok: false; readonly error: ApiError } => ({
  ok: false,
  error: apiError('PLATFORM.INPUT_INVALID', `attachment.data_url ${what}.`),
});

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  /^127(\.\d+){3}$/.test(hostname);
