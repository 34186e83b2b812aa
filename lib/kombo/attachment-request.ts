import type { JsonObject } from '../json.ts';
import { base64, base64Length } from '../stream/base64.ts';
import type { WireAttachment } from './wire.ts';

/** A request body of known length, generated while it is read. */
export interface RequestBody {
  readonly contentLength: number;
  /** Each piece is valid until the next one is requested, because they may share memory. Strings are plain ASCII. */
  readonly chunks: AsyncIterable<string | Uint8Array>;
}

export interface AttachmentFacts {
  readonly name: string;
  readonly type: WireAttachment['type'];
  readonly contentType: string;
  readonly remoteFields?: JsonObject | undefined;
}

const wireAttachment = ({ name, type, contentType }: AttachmentFacts): Omit<WireAttachment, 'data' | 'data_url'> => ({
  name,
  type,
  content_type: contentType,
});

const jsonTail = (remoteFields: JsonObject | undefined): string =>
  remoteFields === undefined ? '}}' : `},"remote_fields":${JSON.stringify(remoteFields)}}`;

/**
 * Kombo's attachment request with the file inside, generated in constant memory.
 * The tail is generated only after `bytes` has ended without an error. It is the commit point: because Content-Length
 * is announced, no server can treat the body as complete before the tail. A failing source therefore delivers nothing.
 */
export const attachmentBody = (
  facts: AttachmentFacts,
  sizeBytes: number,
  bytes: AsyncIterable<Uint8Array>,
): RequestBody => {
  const attachment = JSON.stringify(wireAttachment(facts));
  const head = Buffer.from(`{"attachment":${attachment.slice(0, -1)},"data":"`);
  const tail = Buffer.from(`"${jsonTail(facts.remoteFields)}`);
  async function* chunks(): AsyncGenerator<string | Uint8Array, void, undefined> {
    yield head;
    yield* base64(bytes);
    yield tail;
  }
  return { contentLength: head.length + base64Length(sizeBytes) + tail.length, chunks: chunks() };
};

/** The same request with a link, which Kombo downloads before it responds. The link is a secret: never logged. */
export const attachmentLinkBody = (facts: AttachmentFacts, dataUrl: string): RequestBody => {
  const attachment = JSON.stringify({ ...wireAttachment(facts), data_url: dataUrl });
  const text = Buffer.from(`{"attachment":${attachment.slice(0, -1)}${jsonTail(facts.remoteFields)}`);
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    yield text;
  }
  return { contentLength: text.length, chunks: chunks() };
};
