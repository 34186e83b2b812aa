import { OwnError } from '../failures/own-error.ts';
import { fail, ok, type Result } from '../result.ts';
import { type AttachmentType, type Target, targetIdName, targetKinds } from '../upload/target.ts';
import { isDots, type KeyTemplate } from './parse-templates.ts';
import { attachmentTypeOf, type PlaceholderName, placeholders } from './placeholders.ts';

export { type KeyTemplate, parseKeyTemplates } from './parse-templates.ts';
export { isIntegrationId } from './placeholders.ts';

/** What a key says about its file. */
export interface KeyMatch {
  readonly target: Target;
  readonly attachmentType: AttachmentType;
  /** The last segment, as the uploader typed it. It must be cleaned before it becomes an attachment's name. */
  readonly filename: string;
}

/** The values of the placeholders, or why the template does not match: a clause that quotes nothing from the key. */
type Fit = Result<Partial<Readonly<Record<PlaceholderName, string>>>, string>;

const fit = ({ segments: expected }: KeyTemplate, segments: readonly string[]): Fit => {
  if (segments.length !== expected.length)
    return { ok: false, error: `the key has ${segments.length} segments, the template has ${expected.length}` };
  const values: Partial<Record<PlaceholderName, string>> = {};
  for (const [index, part] of expected.entries()) {
    const segment = segments[index] ?? '';
    const isLiteral = part.kind === 'literal';
    const fits = isLiteral ? segment === part.text : placeholders[part.name].accepts(segment);
    const wanted = isLiteral ? `"${part.text}"` : placeholders[part.name].holds;
    if (!fits || isDots(segment)) return { ok: false, error: `segment ${index + 1} of the key is not ${wanted}` };
    if (!isLiteral) values[part.name] = segment;
  }
  return ok(values);
};

/**
 * Finds the first template that matches a decoded key, and reads the key with it. Fails with KEY_NOT_MATCHED and says
 * for each template what does not match. Never quotes the key, because it may contain a name.
 * @param defaultIntegrationId applies to templates without {integration_id}; the configuration requires it for them
 */
export const matchKey = (
  templates: readonly KeyTemplate[],
  key: string,
  defaultIntegrationId: string | undefined,
): Result<KeyMatch> => {
  const segments = key.split('/');
  const misfits: string[] = [];
  for (const template of templates) {
    const fitted = fit(template, segments);
    if (!fitted.ok) {
      misfits.push(`"${template.text}": ${fitted.error}.`);
      continue;
    }
    // A parsed template always has one target id and a file name, so the defaults "" are never used.
    const { integration_id, type = 'cv', filename = '' } = fitted.value;
    const kind = targetKinds.find((candidate) => fitted.value[targetIdName(candidate)] !== undefined) ?? 'candidate';
    const integrationId = integration_id ?? defaultIntegrationId;
    // The configuration requires one of the two, so this is a defect.
    if (!integrationId)
      throw new OwnError(`The template "${template.text}" names no integration, and there is no default.`);
    return ok({
      target: { kind, id: fitted.value[targetIdName(kind)] ?? '', integrationId },
      attachmentType: attachmentTypeOf(type) ?? 'CV',
      filename,
    });
  }
  return fail('KEY_NOT_MATCHED', `No template matches. ${misfits.join(' ')}`);
};

/**
 * Which segments of a key cannot contain a person's name, according to the first matching template. Without a matching
 * template, every segment may.
 * @param ids which ids count as impersonal. `kombo`: only those in Kombo's form. `any`: all of them; for a screen,
 *   never for a log.
 * @returns one flag per segment
 */
export const impersonalSegments = (
  templates: readonly KeyTemplate[],
  key: string,
  ids: 'kombo' | 'any',
): readonly boolean[] => {
  const segments = key.split('/');
  const template = templates.find((candidate) => fit(candidate, segments).ok);
  return segments.map((segment, index) => {
    const part = template?.segments[index];
    if (part?.kind !== 'placeholder') return part !== undefined;
    const { isId, personal } = placeholders[part.name];
    return (isId && ids === 'any') || !personal(segment);
  });
};

/**
 * The folders that contain every key that the templates can match, for listings and for the S3 trigger; "" is the whole
 * bucket. A prefix inside another one is left out, because S3 rejects overlapping triggers, and a listing would see its
 * keys twice.
 */
export const literalPrefixes = (templates: readonly KeyTemplate[]): string[] => {
  const prefixes = templates.map(({ segments }) => {
    const firstPlaceholder = segments.findIndex((segment) => segment.kind === 'placeholder');
    return segments
      .slice(0, firstPlaceholder)
      .map((segment) => (segment.kind === 'literal' ? `${segment.text}/` : ''))
      .join('');
  });
  return [...new Set(prefixes)].filter(
    (prefix, _, all) => !all.some((other) => other !== prefix && prefix.startsWith(other)),
  );
};
