import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Signing {
  readonly region: string;
  readonly credentials: Credentials;
}

export const sha256Hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** SHA-256, or its HMAC with a secret, in the form that the signer needs. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secretOf(secret));
  }
  update(chunk: Uint8Array | string): void {
    this.#hash.update(chunk);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error('The signer uses each hash once.');
  }
}

const secretOf = (secret: string | ArrayBuffer | ArrayBufferView): string | Uint8Array => {
  if (typeof secret === 'string') return secret;
  return ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret);
};

/** S3 signs the path as it is sent, and checks are about such paths, so it must not be escaped or normalized again. */
export const signerOf = ({ region, credentials }: Signing): SignatureV4 =>
  new SignatureV4({
    service: 's3',
    region,
    credentials,
    uriEscapePath: false,
    applyChecksum: false,
    sha256: Sha256,
  });

/** `20261124T201638Z` */
export const longDateOf = (date: Date): string => date.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');

export const scopeOf = (date: Date, region: string): string =>
  `${longDateOf(date).slice(0, 8)}/${region}/s3/aws4_request`;
