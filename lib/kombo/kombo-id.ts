/**
 * Whether an id has the form of Kombo's ids: 24 letters and digits, without 0, O, I and l. Kombo documents this form
 * only for its responses, so another form is a hint that an id is wrong, but no proof.
 */
export const isKomboId = (id: string): boolean => /^[1-9A-HJ-NP-Za-km-z]{24}$/.test(id);
