import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  type HeadObjectCommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type Check, Mismatch } from '../check.ts';
import { equal } from '../expect.ts';
import { type RawAnswer, type RawRequest, rawRequest } from './raw-request.ts';
import type { Signing } from './sign.ts';

/** The kind of bucket that a check needs; undefined when any bucket will do. */
export type Needs = 'versions' | 'no versions' | 'switching versions';

export interface S3Check extends Check<S3> {
  readonly needs?: Needs;
}

/** Silent, because the SDK would print hints about failures that a check expects. */
const ignore = (): void => undefined;
export const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

export interface Connection {
  readonly client: S3Client;
  readonly endpoint: URL;
  readonly signing: Signing;
  readonly touched: Set<string>;
}

/** The longest key has 1,024 bytes; checks build keys of exact lengths on top of the prefix. */
export class S3 {
  /** Neither adds nor requests checksums, so that each check sets its own. */
  readonly client: S3Client;
  readonly endpoint: URL;
  readonly signing: Signing;
  readonly bucket: string;
  readonly prefix: string;
  /** Every key that a check may have written, because listings of some servers do not show them all. */
  readonly #touched: Set<string>;

  constructor(connection: Connection, bucket: string, prefix: string) {
    this.#touched = connection.touched.add(prefix);
    this.client = connection.client;
    this.endpoint = connection.endpoint;
    this.signing = connection.signing;
    this.bucket = bucket;
    this.prefix = prefix;
  }

  /** A key that only this check uses. */
  key(name: string): string {
    return this.touch(this.prefix + name);
  }

  touch(key: string): string {
    this.#touched.add(key);
    return key;
  }

  at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.bucket, Key: key };
  }

  put(key: string, body: string | Uint8Array = 'a CV', more: Partial<PutObjectCommandInput> = {}) {
    return this.client.send(new PutObjectCommand({ ...this.at(key), Body: Buffer.from(body), ...more }));
  }

  head(key: string, more: Partial<HeadObjectCommandInput> = {}) {
    return this.client.send(new HeadObjectCommand({ ...this.at(key), ...more }));
  }

  async get(key: string, more: Partial<GetObjectCommandInput> = {}) {
    const answer = await this.client.send(new GetObjectCommand({ ...this.at(key), ...more }));
    const bytes = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
    return { ...answer, bytes, text: bytes.toString() };
  }

  async startMultipart(key: string, more: object = {}): Promise<string> {
    const { UploadId } = await this.client.send(new CreateMultipartUploadCommand({ ...this.at(key), ...more }));
    return given(UploadId, 'UploadId');
  }

  /** @returns the part for CompleteMultipartUpload. */
  async uploadPart(key: string, uploadId: string, partNumber: number, body: string | Uint8Array, more: object = {}) {
    const { ETag } = await this.client.send(
      new UploadPartCommand({ ...this.at(key), UploadId: uploadId, PartNumber: partNumber, Body: body, ...more }),
    );
    return { PartNumber: partNumber, ETag: given(ETag, 'ETag of the part') };
  }

  /** A request to the bucket, or to a key in it. */
  raw(method: string, key: string | undefined, more: Omit<Partial<RawRequest>, 'method' | 'path'> = {}) {
    if (key !== undefined) this.touch(key);
    return this.rawPath(method, key === undefined ? `/${this.bucket}` : `/${this.bucket}/${encodeKey(key)}`, more);
  }

  rawPath(method: string, path: string, more: Omit<Partial<RawRequest>, 'method' | 'path'> = {}): Promise<RawAnswer> {
    return rawRequest(this.endpoint, this.signing, { method, path, ...more });
  }

  async isAbsent(key: string): Promise<void> {
    await refused(this.head(key), 404);
  }
}

/** Encodes each byte except the unreserved ones and the slash, which S3 does not encode in paths. */
export const encodeKey = (key: string): string => key.split('/').map(encodeAll).join('/');

export const encodeAll = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** Expects an error of the SDK with this status and, if the answer has a body, this code. */
export const refused = async (call: Promise<unknown>, status: number, code?: string): Promise<void> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) throw new Mismatch(`expected HTTP ${status}${code ? ` ${code}` : ''}, but it succeeded`);
  if (!(error instanceof S3ServiceException)) throw error;
  equal(error.$metadata.httpStatusCode, status, `status of ${error.name}`);
  if (code !== undefined) equal(error.name, code, 'error code');
};

export const codeOf = ({ body }: RawAnswer): string | undefined => element(body.toString(), 'Code');

export const answered = (answer: RawAnswer, status: number, code?: string): void => {
  equal(answer.status, status, `status (code ${codeOf(answer)})`);
  if (code !== undefined) equal(codeOf(answer), code, 'error code');
};

/** The text of the first element with this name. */
export const element = (xml: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];

export const given = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw new Mismatch(`${what} is missing`);
  return value;
};

export const api = (operation: string): string => `Amazon S3 API Reference, "${operation}"`;
export const guide = (page: string): string => `Amazon S3 User Guide, "${page}"`;

/** @param run also gets a key that no other check uses, for a check of one object. */
export const check = (name: string, page: string, run: (s3: S3, key: string) => Promise<void>): S3Check => ({
  name,
  page,
  run: (s3) => run(s3, s3.key('cv.pdf')),
});

export const versionCheck = (...args: Parameters<typeof check>): S3Check => ({ ...check(...args), needs: 'versions' });
