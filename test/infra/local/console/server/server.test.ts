import { randomUUID } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { dynamoTable } from '../../../../../lib/aws/dynamo-table.ts';
import { systemClock } from '../../../../../lib/clock.ts';
import { paused } from '../../../../../lib/lane/lane.ts';
import { lanesOn } from '../../../../../lib/lane/lane-store.ts';
import { pauseBy } from '../../../../../lib/lane/pause.ts';
import { ledgerOn } from '../../../../../lib/ledger/ledger.ts';
import { publicUploadId } from '../../../../../lib/upload/upload.ts';
import { post } from '../../../../fakes/emulator-caller.ts';
import { rawCall } from '../../../../fakes/raw-call.ts';
import { consoleServer, readLiveUntil } from '../../../../worlds/console-server.ts';

const lease = { owner: 'another-invocation', leaseUntil: Date.now() + 60_000 };

const upload = (url: string, query: Record<string, string>, body: string) =>
  rawCall(`${url}/uploads?${new URLSearchParams(query)}`, { method: 'PUT', body });

const ledgerOf = ({ dynamodb, table }: Awaited<ReturnType<typeof consoleServer>>) =>
  ledgerOn({ table: dynamoTable(dynamodb, table), clock: systemClock, uuid: randomUUID, retentionDays: 400 });

test('an upload from the console arrives in the bucket byte for byte, under the key of its target', async () => {
  const { url, s3, bucket } = await consoleServer();
  const answer = await upload(url, { kind: 'application', id: 'App1', name: 'C++ é.pdf' }, 'the very bytes');
  expect(answer.status).toBe(201);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'applications/App1/C++ é.pdf' }));
  expect(await Body?.transformToString()).toBe('the very bytes');
});

test.each([
  ['a name that would leave its folder', { kind: 'candidate', id: 'a', name: '../../x.pdf' }],
  ['a kind that does not exist', { kind: 'job', id: 'a', name: 'x.pdf' }],
])('an upload from the console with %s is refused with a sentence', async (_, query) => {
  const { url } = await consoleServer();
  const { status, text } = await upload(url, query, 'bytes');
  expect(status).toBe(400);
  expect(JSON.parse(text).error).toMatch(/^[A-Z].+\.$/);
});

test("the console's page links the manuals of the local stack and of its faults, and shows them as text", async () => {
  const { url } = await consoleServer();
  const page = (await rawCall(url)).text;
  const links = [...page.matchAll(/href="(\/infra[^"]+)"/g)].map(([, link]) => link ?? '');
  expect(links).toEqual(['/infra/local/README.md', '/infra/local/kombo/README.md']);
  const manuals = await Promise.all(links.map((link) => rawCall(url + link)));
  expect(manuals.map(({ status }) => status)).toEqual([200, 200]);
  expect(manuals.map(({ headers }) => headers['content-type'])).toEqual(Array(2).fill('text/plain; charset=utf-8'));
  expect(manuals[1]?.text).toContain('## Faults by candidate id');
});

test('the live stream sends changes of the ledger without a request for each', async () => {
  const server = await consoleServer();
  const ledger = ledgerOf(server);
  let seen = 0;
  const change = (): void => {
    const upload = { bucket: server.bucket, key: `candidates/a/${seen}.pdf`, etag: 'e1' };
    void ledger.claim({ kind: 'claim', upload, ...lease });
  };
  let begun = false;
  await readLiveUntil(`${server.url}/live?names=shown`, (event, data) => {
    // Each call of this function gets all events so far.
    if (event === 'faults' && !begun) {
      begun = true;
      change();
    }
    if (event !== 'rows' || !data.includes(`candidates/a/${seen}.pdf`)) return false;
    seen += 1;
    if (seen < 3) change();
    return seen === 3;
  });
  expect(seen).toBe(3);
});

test('the console masks names as the logs of production do, until the page asks for them', async () => {
  const server = await consoleServer();
  const upload = { bucket: server.bucket, key: 'candidates/GRK1/Jane Roe.pdf', etag: 'e1' };
  await ledgerOf(server).claim({ kind: 'claim', upload, ...lease });
  const hasRow = (event: string, data: string) => event === 'rows' && data.includes('GRK1');
  const masked = await readLiveUntil(`${server.url}/live`, hasRow);
  expect(masked).toContain('candidates/GRK1/•••.pdf');
  expect(masked).not.toMatch(/Jane|Roe/);
  expect(await readLiveUntil(`${server.url}/live?names=shown`, hasRow)).toContain('candidates/GRK1/Jane Roe.pdf');
});

test('the console shows an unreadable record as held, and still shows the others', async () => {
  const server = await consoleServer();
  const good = { bucket: server.bucket, key: 'candidates/Good1/a.pdf', etag: 'e1' };
  await ledgerOf(server).claim({ kind: 'claim', upload: good, ...lease });
  const pk = { S: `${server.bucket}/candidates/Bad1/b.pdf#e2` };
  await server.dynamodb.send(
    new PutItemCommand({ TableName: server.table, Item: { pk, version: { N: '1' }, document: { S: '{' } } }),
  );
  const live = await readLiveUntil(`${server.url}/live`, (event, data) => event === 'rows' && data.includes('Bad1'));
  expect(live).toContain('RECORD_UNREADABLE');
  expect(live).toContain('candidates/Good1/•••.pdf');
});

test('a row of the console shows the last outcome event of its upload', async () => {
  const server = await consoleServer();
  const upload = { bucket: server.bucket, key: 'candidates/GRK1/a.pdf', etag: 'e1' };
  await ledgerOf(server).claim({ kind: 'claim', upload, ...lease });
  const told = { upload: publicUploadId(upload), status: 'attached', version: '2' };
  const page = readLiveUntil(`${server.url}/live`, (event, data) => event === 'rows' && data.includes('"event"'));
  server.events.emit('outcome', {
    version: '0',
    id: 'event-1',
    'detail-type': 'CV Outcome',
    source: 'cv-courier-local',
    account: '000000000000',
    time: '2026-01-05T09:00:00Z',
    region: 'eu-central-1',
    resources: [],
    detail: told,
  });
  expect(await page).toContain(JSON.stringify(JSON.stringify(told)).slice(1, -1));
});

test('the console shows a file in a paused lane as waiting with the cause, and the pause with what ends it', async () => {
  const server = await consoleServer();
  const now = Date.now();
  const integrationId = 'greenhouse:A1';
  const pause = pauseBy('INTEGRATION.INACTIVE', 'Kombo answered so.', { now });
  const lanes = lanesOn(dynamoTable(server.dynamodb, server.table), systemClock);
  await lanes.change(integrationId, (lane) => paused(lane, pause));
  await ledgerOf(server).postpone({
    kind: 'postponed',
    upload: { bucket: server.bucket, key: 'candidates/Paused1/a.pdf', etag: 'e1' },
    target: { kind: 'candidate', id: 'Paused1', integrationId },
    attachmentType: 'CV',
    failure: { code: 'INTEGRATION_PAUSED', detail: 'Paused.' },
    dueAt: now,
  });
  const events = new Map<string, string>();
  await readLiveUntil(`${server.url}/live`, (event, data) => {
    events.set(event, data);
    return (events.get('rows') ?? '').includes('Paused1') && events.has('pauses');
  });
  expect(JSON.parse(events.get('rows') ?? '').upsert).toMatchObject([
    { state: 'waiting', pausedBy: { integration: integrationId, code: 'INTEGRATION.INACTIVE' } },
  ]);
  expect(JSON.parse(events.get('pauses') ?? '')).toMatchObject([
    { integration: integrationId, sinceMs: now, code: 'INTEGRATION.INACTIVE', end: { by: 'reading', nextAtMs: now } },
  ]);
});

test('the console offers a download as a file to save, with its real name only when names are shown', async () => {
  const { url, kombo } = await consoleServer();
  const attachment = { name: `Jane's CV.pdf`, type: 'CV', content_type: 'text/html', data: btoa('<script>1</script>') };
  await post(kombo, 'a', { body: { attachment } });
  const [stored] = kombo.attachments();
  const masked = await rawCall(`${url}/attachments/${stored?.id}`);
  expect(masked.text).toBe('<script>1</script>');
  expect(masked.headers['content-disposition']).toBe(`attachment; filename*=UTF-8''attachment.pdf`);
  expect(masked.headers['content-security-policy']).toContain('sandbox');
  const shown = await rawCall(`${url}/attachments/${stored?.id}?names=shown`);
  expect(shown.headers['content-disposition']).toBe(`attachment; filename*=UTF-8''Jane%27s%20CV.pdf`);
});

test('a request for an unknown switch, or one that says neither on nor off, is refused', async () => {
  const { url } = await consoleServer();
  expect(await rawCall(`${url}/faults/no-such`, { method: 'PUT', body: '{"on":true}' })).toMatchObject({ status: 404 });
  expect(await rawCall(`${url}/faults/slow`, { method: 'PUT', body: '{"on":"yes"}' })).toMatchObject({ status: 400 });
});
