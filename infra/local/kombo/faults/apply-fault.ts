import { type Answer, failure, htmlAnswer, jsonAnswer } from '../api/answer.ts';
import { anyError } from '../api/errors.ts';
import type { Exchange } from '../api/exchange.ts';
import { readBody } from '../api/request-body.ts';
import { send, sendCut, sendDripping, sendPadded, startAnswer } from '../api/send.ts';
import { waitUntilClosed, waitUpTo } from '../api/wait.ts';
import type { DecisiveFault } from './fault.ts';

/** A TCP reset, as a broken network or a killed server causes it, instead of an orderly close. */
const reset = ({ incoming }: Exchange): void => {
  incoming.socket.resetAndDestroy();
};

const errorAnswer = (fault: Extract<DecisiveFault, { kind: 'error' }>, logUrl: string): Answer => {
  const message = fault.message ?? 'This error was requested.';
  if (fault.bare === true) return jsonAnswer(fault.status, { status: 'error', error: { message } });
  return failure(anyError(fault.code, message, fault.status), logUrl);
};

const withoutWarnings = (answer: Answer): Answer => {
  const { warnings: _, ...rest } = JSON.parse(answer.body);
  return { ...answer, body: JSON.stringify(rest) };
};

/** How long the connection stays open after an early answer, so that the caller can read it first. */
const lingerMs = 1000;

/**
 * Answers while the body is still being sent. The rest of the body is then drained, or left unread until the connection
 * is closed, as a proxy with a size limit does. `end` is not used: it would discard the rest and count the request as
 * finished.
 */
const answerEarly = async (
  exchange: Exchange,
  { code, status, drained }: Extract<DecisiveFault, { kind: 'early' }>,
): Promise<void> => {
  const { incoming, outgoing, record, logUrl, release, interrupted } = exchange;
  const answer = failure(anyError(code, 'Refused before the body was read.', status), logUrl);
  startAnswer(exchange, answer, {
    'content-length': String(Buffer.byteLength(answer.body)),
    connection: drained ? 'keep-alive' : 'close',
  });
  release();
  outgoing.write(answer.body);
  if (drained) {
    await readBody(incoming, record, { keepBytes: 0 });
    outgoing.end();
  } else {
    await waitUpTo(lingerMs, interrupted);
    incoming.socket.destroy();
  }
};

/** Applies a fault that acts before the body has been read completely. Returns true when the fault ended the call. */
export const applyFaultBeforeEnd = async (exchange: Exchange, fault: DecisiveFault | undefined): Promise<boolean> => {
  if (fault?.kind === 'reset-before-body') reset(exchange);
  else if (fault?.kind === 'early') await answerEarly(exchange, fault);
  else return false;
  return true;
};

/** Ends the call: sends the answer, changed by the fault if there is one. */
export const applyFaultAtEnd = async (
  exchange: Exchange,
  fault: DecisiveFault | undefined,
  answer: Answer,
): Promise<void> => {
  switch (fault?.kind) {
    case undefined:
      return send(exchange, answer);
    case 'error':
      return send(exchange, errorAnswer(fault, exchange.logUrl));
    case 'error-in-200':
      return send(exchange, failure(anyError(null, 'An error under HTTP 200.', 200), exchange.logUrl));
    case 'html':
      return send(exchange, htmlAnswer(fault.status));
    case 'empty':
      return send(exchange, { ...answer, status: fault.status, body: '' });
    case 'created':
      return send(exchange, { ...answer, status: 201 });
    case 'no-warnings':
      return send(exchange, withoutWarnings(answer));
    case 'truncated-json':
      return send(exchange, { ...answer, body: answer.body.slice(0, answer.body.length / 2) });
    case 'cut-answer':
      return sendCut(exchange, answer);
    case 'huge':
      return sendPadded(exchange, answer, fault.sizeBytes);
    case 'drip':
      return sendDripping(exchange, answer, fault.everyMs);
    case 'silence':
      return waitUntilClosed(exchange.outgoing);
    case 'reset-after-body':
    case 'reset-mid-body':
    case 'reset-before-body':
    case 'early':
      // The last two have already ended the call; a body shorter than `afterBytes` is reset at its end.
      return reset(exchange);
  }
};
