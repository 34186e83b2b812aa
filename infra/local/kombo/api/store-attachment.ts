import type { KomboState } from '../emulator-state.ts';
import { renamed, toolHabits } from '../faults/ats-behaviour.ts';
import { type FileType, type Integration, integrationRefusal, toolRefusal } from '../store/integrations.ts';
import { parseAttachmentBody } from './attachment-body.ts';
import { decodeBase64 } from './base64.ts';
import { actionOf, type TargetRef } from './calls.ts';
import { type Download, download } from './download.ts';
import { type ApiError, apiError } from './errors.ts';
import type { PerformContext } from './perform-context.ts';

/** Checks a POST all the way to the tool, and stores its file. Undefined is success. */
export const storeAttachment = async (
  state: KomboState,
  target: TargetRef,
  integration: Integration,
  { contentType: header, body, bending, interrupted, onStored }: PerformContext,
): Promise<ApiError | undefined> => {
  const refusal = integrationRefusal(integration, { kind: 'post', target });
  if (refusal !== undefined) return refusal;
  const parsed = parseAttachmentBody(body, header, target.kind);
  if (!parsed.ok) return parsed.error;
  const { name, type, source, remoteFields } = parsed.value;
  const file: Download | ApiError =
    source.kind === 'data'
      ? decodedFile(source.base64)
      : await downloadedFile(source.url, state.maxBodyBytes, interrupted);
  if ('code' in file) return file;
  const contentType = parsed.value.contentType ?? file.contentType;
  if (contentType === undefined) {
    return apiError(
      'PLATFORM.INPUT_INVALID',
      'attachment.content_type is missing, and the download has no usable type either.',
    );
  }
  if (file.bytes.length === 0) {
    // Whether Kombo or only the tool refuses an empty file is not published; nobody means to attach one.
    return apiError('PLATFORM.INPUT_INVALID', 'attachment holds an empty file.');
  }
  const toolSays =
    toolRefusal(integration) ?? restrictionRefusal(integration, target, type, contentType, file.bytes.length);
  if (toolSays !== undefined) return toolSays;

  const storedAtMs = state.clock();
  const { lateMs, renames, hidesDates } = toolHabits(bending);
  await state.store.add(
    {
      integrationId: integration.id,
      target,
      name,
      type,
      contentType,
      transfer: source.kind,
      remoteFields,
      storedAtMs,
      listedAtMs: storedAtMs + lateMs,
      listedName: renames ? renamed(name, type) : name,
      remoteCreatedAt: integration.dated && !hidesDates ? new Date(storedAtMs).toISOString() : null,
    },
    file.bytes,
  );
  onStored();
  return undefined;
};

const decodedFile = (base64: string): Download | ApiError => {
  const bytes = decodeBase64(base64);
  return bytes === undefined
    ? apiError('PLATFORM.INPUT_INVALID', 'attachment.data must be base64 with padding and without line breaks.')
    : { bytes, contentType: undefined };
};

const downloadedFile = async (url: URL, maxBytes: number, interrupted: AbortSignal): Promise<Download | ApiError> => {
  const result = await download(url, maxBytes, interrupted);
  return result.ok ? result.value : result.error;
};

const restrictionRefusal = (
  integration: Integration,
  target: TargetRef,
  type: FileType,
  contentType: string,
  sizeBytes: number,
): ApiError | undefined => {
  const restrictions = integration.restrictions[actionOf(target.kind)];
  if (restrictions === null) return undefined;
  const rule = restrictions.types[type];
  const refused = (message: string) => apiError('REMOTE.INPUT_INVALID', message);
  if (!rule.is_supported) return refused(`The tool takes no attachment of type ${type}.`);
  const { max_file_size_bytes: maxBytes, accepted_mime_types: accepted } = rule;
  if (maxBytes !== null && sizeBytes > maxBytes) return refused(`The tool takes at most ${maxBytes} bytes.`);
  if (accepted !== null && !accepted.includes(contentType)) return refused(`The tool does not take ${contentType}.`);
  return undefined;
};
