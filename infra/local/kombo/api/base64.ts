/**
 * The bytes of a base64 text, or undefined when it is not strictly valid: foreign characters, line breaks, the URL alphabet,
 * missing padding, or stray bits before the padding. Node's decoder forgives all of these; writing its result out again does not.
 */
export const decodeBase64 = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
};
