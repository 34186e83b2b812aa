import { equal } from '../expect.ts';
import { answered, api, check, refused, type S3, type S3Check } from './context.ts';

const digits = '0123456789';
const get = api('GetObject');

const rangeOf = async (s3: S3, range: string, body = digits) => {
  const key = s3.key('digits');
  await s3.put(key, body);
  return s3.raw('GET', key, { headers: { range } });
};

const delivers = (name: string, range: string, text: string, contentRange: string): S3Check =>
  check(name, get, async (s3) => {
    const answer = await rangeOf(s3, range);
    answered(answer, 206);
    equal(answer.body.toString(), text, 'body');
    equal(answer.headers['content-range'], contentRange, 'Content-Range');
    equal(answer.headers['content-length'], String(text.length), 'Content-Length');
  });

export const ranges: readonly S3Check[] = [
  delivers('A range answers 206 with its bytes', 'bytes=2-5', '2345', 'bytes 2-5/10'),
  delivers('A range without an end reaches to the end of the object', 'bytes=7-', '789', 'bytes 7-9/10'),
  delivers('A range of the last bytes answers 206', 'bytes=-3', '789', 'bytes 7-9/10'),
  delivers('A range that ends past the object is cut', 'bytes=8-100', '89', 'bytes 8-9/10'),
  delivers('A range of more last bytes than the object has is the whole object', 'bytes=-100', digits, 'bytes 0-9/10'),
  check('A range that starts past the end answers 416 InvalidRange', api('Error responses'), async (s3) => {
    answered(await rangeOf(s3, 'bytes=10-'), 416, 'InvalidRange');
  }),
  check('A range of an empty object answers 416 InvalidRange', api('Error responses'), async (s3) => {
    answered(await rangeOf(s3, 'bytes=0-0', ''), 416, 'InvalidRange');
  }),
  check('Several ranges in one request are ignored: the answer is the whole object', get, async (s3) => {
    const answer = await rangeOf(s3, 'bytes=0-1,4-5');
    answered(answer, 200);
    equal(answer.body.toString(), digits, 'body');
  }),
  check('A Range header in another unit is ignored', 'RFC 9110, "Range" (named by GetObject)', async (s3) => {
    const answer = await rangeOf(s3, 'lines=0-1');
    answered(answer, 200);
    equal(answer.body.toString(), digits, 'body');
  }),
  check('HEAD with a range answers the length of the range', api('HeadObject'), async (s3, key) => {
    await s3.put(key, digits);
    const answer = await s3.raw('HEAD', key, { headers: { range: 'bytes=2-5' } });
    equal(answer.status, 206, 'status');
    equal(answer.headers['content-length'], '4', 'Content-Length');
  }),
  check('Answers have Accept-Ranges: bytes', get, async (s3, key) => {
    await s3.put(key, digits);
    equal((await s3.head(key)).AcceptRanges, 'bytes', 'Accept-Ranges');
  }),
  check('A range with a false If-Match answers 412', get, async (s3, key) => {
    await s3.put(key, digits);
    await refused(s3.get(key, { Range: 'bytes=0-1', IfMatch: '"0123456789abcdef0123456789abcdef"' }), 412);
  }),
];
