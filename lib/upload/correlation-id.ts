/** User metadata by which an uploader's own system recognises an upload in the events about it. */
const metadataName = 'correlation-id';
const form = /^[A-Za-z0-9._:-]{1,64}$/;

/** Anything else is ignored, so that no text of a person gets into events by it. @param metadata names in lower case */
export const correlationIdOf = (metadata: Readonly<Record<string, string>>): string | undefined => {
  const value = metadata[metadataName];
  return value !== undefined && form.test(value) ? value : undefined;
};
