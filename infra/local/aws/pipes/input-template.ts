import { isObject } from '../../../../lib/json.ts';

const placeholder = /<\$\.([A-Za-z0-9_.-]+)>/g;

/**
 * An input template of a pipe with its placeholders filled: `"<$.dynamodb.NewImage.status.S>"`.
 * Stricter than AWS, which does not document what becomes of a path that leads nowhere, and of a placeholder without quotes
 * around it: both are faults here.
 * @throws for a path that leads to no text, and when the result is not JSON
 * @see Amazon EventBridge User Guide, "Pipes input transformation"
 */
export const fillTemplate = (template: string, event: unknown): unknown =>
  JSON.parse(
    template.replace(placeholder, (_, path: string) => {
      const value = path.split('.').reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), event);
      if (typeof value !== 'string') throw new Error(`The pipe's template asks for ${path}, which the record lacks.`);
      return JSON.stringify(value).slice(1, -1);
    }),
  );
