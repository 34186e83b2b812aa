import { isIntegrationId } from '../key-template/placeholders.ts';
import { Fault } from './setting.ts';

/** Parsers for settings about Kombo. */

const regions = { eu: 'https://api.kombo.dev/v1', us: 'https://api.us.kombo.dev/v1' } as const;

/** https only, because it carries the API key and people's CVs. Loopback is for the local stack. */
export const baseUrl = (value: string): string => {
  if (value === 'eu' || value === 'us') return regions[value];
  const url = URL.parse(value);
  if (!url) throw new Fault(`is "${value}"; it must be eu, us, or a URL.`);
  if (url.username || url.password) throw new Fault('must not contain a user name or password.');
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && loopback)) return value.replace(/\/$/, '');
  throw new Fault(`is "${value}"; it must begin with https:// (http:// only for this machine).`);
};

export const integrationId = (value: string): string => {
  if (isIntegrationId(value)) return value;
  throw new Fault(
    `is "${value}"; it must be <tool>:<id> as the Kombo dashboard shows it, for example greenhouse:CBNMt7dSNCzBdnRTx87dev4E.`,
  );
};

export const apiKey = (value: string): string => {
  // The message never repeats the value.
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new Fault('contains blanks or characters that an API key cannot have.');
};
