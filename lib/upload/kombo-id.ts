/*
 * The form of Kombo's ids. A template also accepts other values in their place, which may be a person's name. Such a
 * value is sent to Kombo, which decides, and is never logged.
 */

/**
 * 24 letters and digits, without those that look alike. Kombo documents this form only for its responses, so another
 * form is a hint that an id is wrong, but no proof.
 */
export const isKomboId = (text: string): boolean => /^[1-9A-HJ-NP-Za-km-z]{24}$/.test(text);

/** `<tool>:<id>` */
export const isKomboIntegrationId = (text: string): boolean => {
  const [tool = '', id = '', ...others] = text.split(':');
  return others.length === 0 && /^[a-z0-9_-]{1,64}$/.test(tool) && isKomboId(id);
};

/** Kombo's built-in sandbox: its integrations have the tool "sandbox" (enum integration_tool in Kombo's SDK). */
export const isSandboxIntegration = (integrationId: string): boolean => integrationId.startsWith('sandbox:');
