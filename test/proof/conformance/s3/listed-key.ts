/** A key of a listing requested with encoding-type=url; some servers do not encode keys, and their answer says so. */
export const decodeListed = (key: string, encodingType: string | undefined): string =>
  encodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
