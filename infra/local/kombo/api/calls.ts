import { type Target, type TargetKind, targetKinds } from '../../../../lib/upload/target.ts';

export type TargetRef = Pick<Target, 'kind' | 'id'>;

/** Kombo's names for adding an attachment, as used by its actions and integration endpoints. */
export type AttachmentAction = `ats_add_${TargetKind}_attachment`;
export const actionOf = (kind: TargetKind): AttachmentAction => `ats_add_${kind}_attachment`;
export const attachmentActions = targetKinds.map(actionOf);

export const callKinds = ['post', 'list', 'actions', 'integration', 'check-api-key'] as const;
export type CallKind = (typeof callKinds)[number];

/** Every call of Kombo's API that the emulator answers. */
export type Call =
  | { readonly kind: 'post'; readonly target: TargetRef }
  | { readonly kind: 'list'; readonly target: TargetRef }
  | { readonly kind: 'actions'; readonly action: AttachmentAction }
  | { readonly kind: 'integration'; readonly integrationId: string }
  | { readonly kind: 'check-api-key' };

/** Kombo publishes no rule for ids in a path. This pattern is wider than its own 24 characters and safe in any URL. */
const idPattern = /^[\w-]{1,64}$/;

/** The call that a request line names, or undefined for any other; the query is ignored. */
export const callFrom = (method: string, url: string): Call | undefined => {
  const segments = decodedSegments(url);
  if (segments === undefined || segments[0] !== 'v1') return undefined;
  const [, first, second, third, fourth] = segments;

  if (segments.length === 5 && first === 'ats' && third !== undefined && fourth === 'attachments') {
    const kind = targetKinds.find((known) => second === `${known}s`);
    if (kind === undefined || !idPattern.test(third)) return undefined;
    if (method === 'POST') return { kind: 'post', target: { kind, id: third } };
    return method === 'GET' ? { kind: 'list', target: { kind, id: third } } : undefined;
  }
  if (method !== 'GET') return undefined;
  if (segments.length === 4 && first === 'ats' && second === 'actions') {
    const action = attachmentActions.find((known) => known === third);
    return action === undefined ? undefined : { kind: 'actions', action };
  }
  if (segments.length === 3 && first === 'integrations' && second !== undefined) {
    return { kind: 'integration', integrationId: second };
  }
  return segments.length === 2 && first === 'check-api-key' ? { kind: 'check-api-key' } : undefined;
};

/** Split before decoding, so that an encoded slash stays inside its segment. */
const decodedSegments = (url: string): readonly string[] | undefined => {
  const [path = ''] = url.split('?');
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return undefined; // a stray "%"
  }
};
