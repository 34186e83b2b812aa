/** Tools change case, composition and blanks of names; the letters stay. */
export const sameName = (listed: string | undefined, sent: string): boolean =>
  listed !== undefined && plain(listed) === plain(sent);

const plain = (name: string): string => name.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();

/** Near enough for a doubt, not for a proof: "Frank_Doe_CV" may well be "Frank Doe CV.pdf" after a tool has cleaned it. */
export const similarName = (listed: string | undefined, sent: string): boolean =>
  listed !== undefined && letters(listed) !== '' && letters(listed) === letters(sent);

const letters = (name: string): string =>
  name
    .replace(/\.[A-Za-z0-9]{1,5}$/, '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
