import { gzipSync } from 'node:zlib';
import type { KomboState } from '../emulator-state.ts';
import { linkBehaviour, servedBytes } from '../faults/linked-file.ts';
import { otherBytes } from '../faults/thousand-entries.ts';
import { type Answer, htmlAnswer } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { downloadHeaders } from './file-headers.ts';
import { send, sendDripping, sendPadded, sendShort } from './send.ts';

/** An object store refuses expired, changed and unknown links, and every method but GET, with the same answer. */
const denied: Answer = {
  status: 403,
  contentType: 'application/xml',
  body: '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
  code: null,
};

const loginPage: Answer = {
  status: 200,
  contentType: 'text/html; charset=utf-8',
  body: '<!doctype html><html><head><title>Log in</title></head><body><form method="post"><input type="password"></form></body></html>\n',
  code: null,
};

const redirect: Answer = { status: 302, contentType: 'text/plain', body: '', code: null };

const byteEveryMs = 5_000;
const missingBytes = 1_000;

/** Answers a request for the bytes of a listed file. It needs no API key, because the link is signed. */
export const serveLink = async (state: KomboState, exchange: Exchange): Promise<void> => {
  const { method, url = '' } = exchange.incoming;
  const answer = (what: Answer<string | Buffer>, headers = {}) => send({ ...exchange, headers: () => headers }, what);
  const link = method === 'GET' ? state.links.read(url) : undefined;
  const file = link && (await fileOf(state, link.attachmentId));
  if (link === undefined || file === undefined) return answer(denied);

  const { habits } = link;
  const body = servedBytes(file.bytes, habits);
  const content: Answer<Buffer> = { status: 200, contentType: file.contentType, body, code: null };
  const headers = downloadHeaders(file.name);
  const withHeaders: Exchange = { ...exchange, headers: () => headers };
  switch (linkBehaviour(habits)) {
    case 'serves':
      return answer(content, headers);
    case 'link-redirect': {
      const next = { ...link, habits: habits.filter((habit) => habit !== 'link-redirect') };
      return answer(redirect, { location: state.links.mint(next) });
    }
    case 'link-circle':
      return answer(redirect, { location: state.origin() + url });
    case 'link-403':
      return answer(denied);
    case 'link-503':
      return answer(htmlAnswer(503));
    case 'link-login':
      return answer(loginPage);
    case 'link-compressed':
      return answer({ ...content, body: gzipSync(body) }, { ...headers, 'content-encoding': 'gzip' });
    case 'link-endless':
      return sendPadded(withHeaders, content, Number.POSITIVE_INFINITY);
    case 'link-slow':
      return sendDripping(withHeaders, content, byteEveryMs);
    case 'link-wrong-length':
      return sendShort(withHeaders, content, body.length + missingBytes);
  }
};

const fileOf = async (
  { store }: KomboState,
  id: string,
): Promise<{ name: string; contentType: string; bytes: Buffer } | undefined> => {
  const stored = store.find(id);
  if (stored !== undefined) return { ...stored, bytes: await store.bytes(id) };
  const bytes = otherBytes(id);
  return bytes && { name: `${id}.pdf`, contentType: 'application/pdf', bytes };
};
