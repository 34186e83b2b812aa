import { base64Block, block } from '../workload.ts';

const opening = Buffer.from('"data":"');
/** Maximum number of bytes before the data. */
const longestHead = 4_096;

const lastTexts = new Map<number, Buffer>();
const lastTextOf = (lengthBytes: number): Buffer => {
  const known = lastTexts.get(lengthBytes) ?? Buffer.from(block.toString('base64', 0, lengthBytes), 'latin1');
  lastTexts.set(lengthBytes, known);
  return known;
};

/**
 * Compares a request body with the expected one while it arrives: every base64 character, the JSON around
 * it, and the length. Keeps only the JSON in memory.
 */
export const expectedBody = (sizeBytes: number): { take(chunk: Buffer): void; fault(): string | undefined } => {
  const dataLength = Math.ceil(sizeBytes / 3) * 4;
  // All blocks are whole except the last one, whose text may end in padding.
  const wholeLength = Math.floor(sizeBytes / block.length) * base64Block.length;
  const lastText = lastTextOf(sizeBytes % block.length);
  let head = Buffer.alloc(0);
  let inData = false;
  let seen = 0;
  let tail = '';
  let fault: string | undefined;

  const takeData = (chunk: Buffer): void => {
    for (let at = 0; at < chunk.length && fault === undefined; ) {
      if (seen === dataLength) {
        tail += chunk.toString('latin1', at);
        if (tail.length > longestHead) fault = 'too much after the data';
        return;
      }
      const inLast = seen >= wholeLength;
      const source = inLast ? lastText : base64Block;
      const from = inLast ? seen - wholeLength : seen % base64Block.length;
      const length = Math.min(chunk.length - at, source.length - from);
      if (chunk.compare(source, from, from + length, at, at + length) !== 0) fault = `wrong base64 near ${seen}`;
      seen += length;
      at += length;
    }
  };

  return {
    take: (chunk) => {
      if (inData) return takeData(chunk);
      head = Buffer.concat([head, chunk]);
      const found = head.indexOf(opening);
      if (found === -1) {
        if (head.length > longestHead) fault = 'no data';
        return;
      }
      inData = true;
      const rest = head.subarray(found + opening.length);
      head = head.subarray(0, found + opening.length);
      takeData(rest);
    },
    fault: () => {
      if (fault !== undefined) return fault;
      if (seen !== dataLength) return `${seen} of ${dataLength} base64 characters`;
      const parsed: unknown = JSON.parse(head.toString() + tail);
      const { attachment } = parsed as { attachment?: Record<string, unknown> };
      const whole = attachment?.type === 'CV' && attachment.content_type === 'application/pdf' && attachment.name;
      return whole ? undefined : 'not an attachment';
    },
  };
};
