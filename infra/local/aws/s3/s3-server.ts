import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import S3rver from '@20minutes/s3rver';
import { closeServer, listen, onFreePort } from '../../process/listen.ts';
import { isLocalCaller } from '../../process/local-caller.ts';
import { type CreatedObject, toCreatedObjects } from '../events/s3-notification.ts';
import { s3Answers } from './s3-answer.ts';
import { S3Store } from './s3-store.ts';

/** The only ones that the local S3 knows. */
export const s3Credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' } as const;

export interface S3ServerOptions {
  /** Objects stay here across restarts. */
  readonly directory: string;
  readonly bucket: string;
  /** See `onFreePort`. */
  readonly preferredPort: number;
  /** Hears of every object that came in, before its uploader gets the answer. */
  readonly onCreated: (object: CreatedObject) => void;
}

export interface S3Server {
  readonly url: string;
  close(): Promise<void>;
}

/** S3 on this machine: one bucket, kept as files. */
export const startS3 = async ({ directory, bucket, preferredPort, onCreated }: S3ServerOptions): Promise<S3Server> => {
  const s3rver = new S3rver({
    directory,
    silent: true,
    // Current SDKs sign some calls in a way that its check does not follow.
    allowMismatchedSignatures: true,
    // Our host is an address, so no bucket can stand in the host name.
    vhostBuckets: false,
    configureBuckets: [{ name: bucket }],
  });
  const store = new S3Store(directory, bucket);
  s3rver.store = store;
  s3rver.context.store = store;
  // Next to the router, which is the last one: what it answers is not XML yet.
  s3rver.middleware.splice(-1, 0, s3Answers);
  // Its caller has got the error as S3's own XML; without a listener it would be printed as well.
  s3rver.on('error', () => undefined);
  s3rver.on('event', (event) => {
    for (const object of toCreatedObjects(event)) onCreated(object);
  });
  await s3rver.configureBuckets();

  const answer = s3rver.callback();
  const server = createServer((request, response) => {
    const objection = objectionTo(request);
    if (objection) {
      refuse(response, objection);
      return;
    }
    const source = request.headers['x-amz-copy-source'];
    if (typeof source === 'string') request.headers['x-amz-copy-source'] = copySource(source);
    answer(request, response);
  });
  server.on('close', () => {
    s3rver.logger.exceptions.unhandle();
    s3rver.logger.close();
  });
  const port = await onFreePort(preferredPort, (candidate) => listen(server, candidate));
  return { url: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
};

interface Objection {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** A file name holds 255 bytes, and the longest ending that an object's files get is "._S3rver_metadata.json". */
const mostSegmentBytes = 255 - '._S3rver_metadata.json'.length;

/** What cannot be let through, because keys become paths of files here. S3 itself takes such keys. */
const objectionTo = ({ url = '/', headers }: IncomingMessage): Objection | undefined => {
  if (!isLocalCaller(headers)) {
    return { status: 403, code: 'AccessDenied', message: 'Only programs on this machine may use the local S3.' };
  }
  const segments = decodedPath(url)?.split('/');
  if (!segments || segments.some((segment) => segment === '.' || segment === '..' || segment.includes('\0'))) {
    return {
      status: 400,
      code: 'InvalidURI',
      message: 'The local S3 keeps keys as paths: "." and ".." cannot be parts.',
    };
  }
  if (segments.some((segment) => Buffer.byteLength(segment) > mostSegmentBytes)) {
    const message = `The local S3 takes at most ${mostSegmentBytes} bytes between two slashes of a key.`;
    return { status: 400, code: 'KeyTooLongError', message };
  }
  return undefined;
};

const decodedPath = (url: string): string | undefined => {
  try {
    return decodeURIComponent(url.replace(/\?.*$/s, ''));
  } catch {
    return undefined;
  }
};

/**
 * SDKs percent-encode the whole key that is copied, and the server undoes that for some characters only ("%2B" stays).
 * The form that comes out of here is one that it undoes whole.
 */
const copySource = (source: string): string => encodeURI(decodedPath(source) ?? source);

const refuse = (response: ServerResponse, { status, code, message }: Objection): void => {
  // The body is not wanted any more, and a client that waits for an answer gets it at once.
  response.writeHead(status, { 'content-type': 'application/xml', connection: 'close' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  );
};
