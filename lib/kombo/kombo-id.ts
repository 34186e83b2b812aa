/**
 * Whether an id has the form that Kombo gives its ids: 24 letters and digits, without 0, O, I and l. Kombo documents it for
 * what it answers, not for what it takes, so an id of another form is a hint and no proof.
 */
export const isKomboId = (id: string): boolean => /^[1-9A-HJ-NP-Za-km-z]{24}$/.test(id);
