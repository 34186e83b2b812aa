import { randomInt } from 'node:crypto';

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** An id in Kombo's format: 24 characters without 0, O, I and l. */
export const newKomboId = (): string => Array.from({ length: 24 }, () => alphabet[randomInt(alphabet.length)]).join('');
