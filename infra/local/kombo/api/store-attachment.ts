import type { KomboState } from '../emulator-state.ts';
import type { Integration } from '../store/integrations.ts';
import { parseAttachmentBody } from './attachment-body.ts';
import { decodeBase64 } from './base64.ts';
import type { TargetRef } from './calls.ts';
import { type Download, download } from './download.ts';
import { type ApiError, apiError } from './errors.ts';
import { integrationRefusal, restrictionRefusal, toolRefusal } from './integration-refusal.ts';
import type { PerformContext } from './perform-context.ts';

/** Checks a POST as Kombo and the ATS would, and stores its file. Returns undefined on success. */
export const storeAttachment = async (
  state: KomboState,
  target: TargetRef,
  integration: Integration,
  { contentType: header, body, interrupted, onStored }: PerformContext,
): Promise<ApiError | undefined> => {
  const refusal = integrationRefusal(integration, { kind: 'post', target });
  if (refusal !== undefined) return refusal;
  const parsed = parseAttachmentBody(body, header, target.kind);
  if (!parsed.ok) return parsed.error;
  const { name, type, source, remoteFields } = parsed.value;
  const file: Download | ApiError =
    source.kind === 'data'
      ? decodeFile(source.base64)
      : await downloadFile(source.url, state.maxBodyBytes, interrupted);
  if ('code' in file) return file;
  const contentType = parsed.value.contentType ?? file.contentType;
  if (contentType === undefined) {
    return apiError(
      'PLATFORM.INPUT_INVALID',
      'attachment.content_type is missing, and the download has no usable content type either.',
    );
  }
  if (file.bytes.length === 0) {
    // Kombo does not document whether it refuses empty files; a caller that sends one has a bug.
    return apiError('PLATFORM.INPUT_INVALID', 'attachment is empty.');
  }
  const refusalByTool =
    toolRefusal(integration) ?? restrictionRefusal(integration, target, type, contentType, file.bytes.length);
  if (refusalByTool !== undefined) return refusalByTool;

  await state.store.add(
    {
      integrationId: integration.id,
      target,
      name,
      type,
      contentType,
      transfer: source.kind,
      remoteFields,
      storedAtMs: state.clock(),
    },
    file.bytes,
  );
  onStored();
  return undefined;
};

const decodeFile = (base64: string): Download | ApiError => {
  const bytes = decodeBase64(base64);
  return bytes === undefined
    ? apiError('PLATFORM.INPUT_INVALID', 'attachment.data must be base64 with padding and without line breaks.')
    : { bytes, contentType: undefined };
};

const downloadFile = async (url: URL, maxBytes: number, interrupted: AbortSignal): Promise<Download | ApiError> => {
  const result = await download(url, maxBytes, interrupted);
  return result.ok ? result.value : result.error;
};
