import { existsSync, readdirSync } from 'node:fs';

/**
 * Names of the handlers in a folder, sorted: on-upload for on-upload.ts. Files with other names are parts of handlers.
 */
export const handlersIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => /^on(-[a-z]+)+\.ts$/.test(file))
        .map((file) => file.slice(0, -'.ts'.length))
        .sort()
    : [];

/** Turns on-event-bridge into one word: eventBridge. */
export const wordOf = (name: string): string =>
  name.replace(/^on-/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The parameter for a function's maximum number of concurrent instances. */
export const concurrencyParameter = (name: string): string => `${wordOf(name)}Concurrency`;
