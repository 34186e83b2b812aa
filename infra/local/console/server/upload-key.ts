import type { KeyTemplate } from '../../../../lib/key-template/match-key.ts';
import { ok, type Result } from '../../../../lib/result.ts';
import { type TargetKind, targetIdName } from '../../../../lib/upload/target.ts';

export interface Placement {
  readonly kind: TargetKind;
  readonly id: string;
  readonly filename: string;
  readonly integrationId: string | undefined;
}

const refuse = (error: string): { readonly ok: false; readonly error: string } => ({ ok: false, error });

/** The first template with a placeholder for this target type. */
export const templateFor = (templates: readonly KeyTemplate[], kind: TargetKind): KeyTemplate | undefined =>
  templates.find(({ segments }) =>
    segments.some((segment) => segment.kind === 'placeholder' && segment.name === targetIdName(kind)),
  );

/**
 * The key for a dropped file: the inverse of `matchKey`.
 * @returns the key, or a sentence for the user that does not quote the file name
 */
export const uploadKey = (
  templates: readonly KeyTemplate[],
  { kind, id, filename, integrationId }: Placement,
): Result<string, string> => {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) return refuse(`The ${kind} id must be 1 to 64 letters, digits, "-" or "_".`);
  if (filename === '' || filename === '.' || filename === '..' || /[/\0]/.test(filename)) {
    return refuse('The name of the file cannot be part of a key.');
  }
  const template = templateFor(templates, kind);
  if (!template) return refuse(`KEY_TEMPLATES has no template for ${kind}s. Add one with {${kind}_id}, then restart.`);
  const values = {
    candidate_id: id,
    application_id: id,
    integration_id: integrationId ?? '',
    type: 'cv',
    any: 'console',
    filename,
  };
  const segments = template.segments.map((segment) =>
    segment.kind === 'literal' ? segment.text : values[segment.name],
  );
  const key = segments.join('/');
  // S3 limits keys to this length.
  return Buffer.byteLength(key) > 1_024 ? refuse('The name of the file is too long.') : ok(key);
};
