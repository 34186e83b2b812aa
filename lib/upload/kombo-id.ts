/*
 * The form of the ids that Kombo gives out. What else stands in their place in a key fits a template as well, and may be a
 * person's name: it is sent to Kombo, which decides, and never logged.
 */

/** 24 characters, without those that look alike. */
export const isKomboId = (text: string): boolean => /^[1-9A-HJ-NP-Za-km-z]{24}$/.test(text);

/** `<tool>:<id>` */
export const isKomboIntegrationId = (text: string): boolean => {
  const [tool = '', id = '', ...others] = text.split(':');
  return others.length === 0 && /^[a-z0-9_-]{1,64}$/.test(tool) && isKomboId(id);
};

/** Kombo's built-in sandbox: the tool of its integrations is "sandbox" (enum of integration_tool in Kombo's SDK). */
export const isSandboxIntegration = (integrationId: string): boolean => integrationId.startsWith('sandbox:');
