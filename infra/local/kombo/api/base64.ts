/**
 * Decodes base64 text, or returns undefined when it is not strictly valid: foreign characters, line breaks, the URL
 * alphabet, missing padding, or stray bits before the padding. Node's decoder accepts all of these, so the result is
 * encoded again and compared.
 */
export const decodeBase64 = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
};
