import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach } from 'vitest';

/**
 * A self-signed certificate for 127.0.0.1 and localhost, valid from 2020 to 2120, for tests of TLS.
 * Its key is public and protects nothing.
 */
export const loopbackTls = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgTHcigpWU+LnDK5WF
WSp6Zu0aWggoZzDVUnjpx7TvO0WhRANCAAS1gEHgZ15P2zQ6cco/VI5Xivj/HS52
xEvev/3TmOpCheaewbN6F0cB4ZnI/cy6+uDyxz0p7Juk0c6wn0lr7xjE
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBbjCCARWgAwIBAgIBATAKBggqhkjOPQQDAjAYMRYwFAYDVQQDDA1sb29wYmFj
ayB0ZXN0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAYMRYwFAYD
VQQDDA1sb29wYmFjayB0ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEtYBB
4GdeT9s0OnHKP1SOV4r4/x0udsRL3r/905jqQoXmnsGzehdHAeGZyP3Muvrg8sc9
KeybpNHOsJ9Ja+8YxKNOMEwwDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/
AAABgglsb2NhbGhvc3QwHQYDVR0OBBYEFIYW0sM5bip9w71GmO/angd9onQ0MAoG
CCqGSM49BAMCA0cAMEQCIBTcDhC+qChJptA9h2Eu7/+DC+jVNxU4eUF+R4o7tJVC
AiBcqrVxpkn8LfBombA5ydlZFG5H8k1H9SRoJevv23xWjw==
-----END CERTIFICATE-----`,
};

const trusted = getCACertificates('default');

/** Tests of this file trust the certificate as if a known authority had signed it. */
export const trustLoopbackTls = (): void => {
  beforeEach(() => setDefaultCACertificates([...trusted, loopbackTls.cert]));
  afterEach(distrustLoopbackTls);
};

/** For the rest of a test, only Node's own authorities are trusted. */
export const distrustLoopbackTls = (): void => setDefaultCACertificates(trusted);
