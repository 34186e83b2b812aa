import { isObject } from '../../../../lib/json.ts';

const placeholder = /<\$\.([A-Za-z0-9_.-]+)>/g;

/**
 * Fills the placeholders of a pipe's input template, such as `"<$.dynamodb.NewImage.status.S>"`. Stricter than AWS,
 * which does not document what happens to a path without a value or a placeholder without quotes: both are errors here.
 * @throws when a path leads to no text, or when the result is not JSON
 * @see Amazon EventBridge User Guide, "Pipes input transformation"
 */
export const fillTemplate = (template: string, event: unknown): unknown =>
  JSON.parse(
    template.replace(placeholder, (_, path: string) => {
      const value = path.split('.').reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), event);
      if (typeof value !== 'string')
        throw new Error(`The pipe's template uses ${path}, which the record does not have.`);
      return JSON.stringify(value).slice(1, -1);
    }),
  );
