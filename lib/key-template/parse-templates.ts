import { ok, type Result } from '../result.ts';
import { targetIdName, targetKinds } from '../upload/target.ts';
import { isPlaceholderName, type PlaceholderName, placeholders } from './placeholders.ts';

export type TemplateSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'placeholder'; readonly name: PlaceholderName };

/** One form that object keys can have, for example `candidates/{candidate_id}/{filename}`. */
export interface KeyTemplate {
  /** As configured. It names no person, so messages may quote it. */
  readonly text: string;
  /** Contains exactly one target id, and ends with the file name. */
  readonly segments: readonly TemplateSegment[];
}

/** Some clients and browsers resolve such segments, so the object would end up under another key. */
export const isDots = (segment: string): boolean => segment === '.' || segment === '..';

const fault = (text: string): { readonly ok: false; readonly error: string } => ({ ok: false, error: text });

/** A segment is plain text or one placeholder. If it could mix both, two templates could read one key differently. */
const parseSegment = (text: string): Result<TemplateSegment, string> => {
  if (text === '') return fault('is empty (a "/" at the start, at the end, or doubled)');
  if (isDots(text)) return fault(`is "${text}", which no key may contain`);
  // Folders become part of the ARNs in the functions' permissions, where "*" and "?" are wildcards.
  if (/[*?]/.test(text)) return fault(`is "${text}"; no folder may contain "*" or "?"`);
  if (!/[{}]/.test(text)) return ok({ kind: 'literal', text });
  const name = /^\{([^{}]*)\}$/.exec(text)?.[1];
  if (name === undefined) return fault(`is "${text}"; a segment is either plain text or one {placeholder}`);
  if (isPlaceholderName(name)) return ok({ kind: 'placeholder', name });
  const known = Object.keys(placeholders).map((placeholder) => `{${placeholder}}`);
  return fault(`is "${text}", which is not a placeholder; the placeholders are ${known.join(', ')}`);
};

const placeholderFaults = (segments: readonly TemplateSegment[]): readonly string[] => {
  const names = segments.map((segment) => (segment.kind === 'placeholder' ? segment.name : undefined));
  const count = (...wanted: readonly PlaceholderName[]): number =>
    names.filter((name) => name !== undefined && wanted.includes(name)).length;
  const faults: string[] = [];
  const ids = targetKinds.map(targetIdName);
  if (count(...ids) !== 1) faults.push(`needs exactly one of ${ids.map((name) => `{${name}}`).join(', ')}`);
  if (count('filename') !== 1 || names.at(-1) !== 'filename') faults.push('needs {filename} once, as its last segment');
  if (count('integration_id') > 1) faults.push('has {integration_id} more than once');
  if (count('type') > 1) faults.push('has {type} more than once');
  return faults;
};

/** Whether `earlier` accepts every segment that `later` accepts. */
const segmentCovers = (earlier: TemplateSegment, later: TemplateSegment): boolean => {
  if (earlier.kind === 'literal') return later.kind === 'literal' && earlier.text === later.text;
  const { accepts } = placeholders[earlier.name];
  if (later.kind === 'literal') return accepts(later.text);
  return earlier.name === 'any' || accepts === placeholders[later.name].accepts;
};

const covers = (earlier: KeyTemplate, later: KeyTemplate): boolean =>
  earlier.segments.length === later.segments.length &&
  earlier.segments.every((segment, index) => {
    const counterpart = later.segments[index];
    return counterpart !== undefined && segmentCovers(segment, counterpart);
  });

const parseTemplate = (text: string, before: readonly KeyTemplate[]): Result<KeyTemplate, readonly string[]> => {
  const parsed = text.split('/').map(parseSegment);
  const segmentFaults = parsed.flatMap((segment, index) =>
    segment.ok ? [] : [`segment ${index + 1} ${segment.error}`],
  );
  // A misspelt {candidate_id} is reported as one fault, not also as a missing one.
  if (segmentFaults.length > 0) return { ok: false, error: segmentFaults };
  const template = { text, segments: parsed.flatMap((segment) => (segment.ok ? [segment.value] : [])) };
  const faults = placeholderFaults(template.segments);
  if (faults.length > 0) return { ok: false, error: faults };
  const shadow = before.find((earlier) => covers(earlier, template));
  if (shadow !== undefined)
    return { ok: false, error: [`is never used, because "${shadow.text}" before it matches all its keys`] };
  return ok(template);
};

/**
 * Reads KEY_TEMPLATES: templates separated by "|"; the first one that matches a key is used.
 * @returns the templates, or every fault, one sentence each.
 */
export const parseKeyTemplates = (text: string): Result<readonly KeyTemplate[], readonly string[]> => {
  const faults: string[] = [];
  const templates: KeyTemplate[] = [];
  for (const part of text.split('|').map((template) => template.trim())) {
    if (part === '') {
      faults.push('There is an empty template.');
      continue;
    }
    const parsed = parseTemplate(part, templates);
    if (parsed.ok) templates.push(parsed.value);
    else faults.push(...parsed.error.map((error) => `Template "${part}": ${error}.`));
  }
  return faults.length === 0 ? ok(templates) : { ok: false, error: faults };
};
