/** A key out of a listing that was asked for with encoding-type=url; some servers do not encode, and say so. */
export const decodeListed = (key: string, encodingType: string | undefined): string =>
  encodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
