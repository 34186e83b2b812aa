/** User metadata with the uploader's own id for an upload, which outcome events show. */
const metadataName = 'correlation-id';
const form = /^[A-Za-z0-9._:-]{1,64}$/;

/**
 * Other values are ignored, so that no personal text gets into events this way.
 * @param metadata names in lower case
 */
export const correlationIdOf = (metadata: Readonly<Record<string, string>>): string | undefined => {
  const value = metadata[metadataName];
  return value !== undefined && form.test(value) ? value : undefined;
};
