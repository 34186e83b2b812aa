import * as v from 'valibot';
import { expect, test } from 'vitest';
import { parseDocument } from '../../../../../infra/local/aws/s3/xml.ts';

const schema = v.object({ A: v.object({ B: v.string() }) });
const parse = (text: string | Buffer) => parseDocument(Buffer.from(text), schema);

test.each([
  [
    'a declaration, blanks and a byte order mark',
    '\ufeff<?xml version="1.0"?>\n <A xmlns="x" c=\'y\'>\n<B>b</B></A> ',
    'b',
  ],
  ['comments and CDATA', '<!-- <C> & --><A><!-- x --><B><![CDATA[<b> & ]]>c</B></A><!-- y -->', '<b> & c'],
  ['references', '<A><B>&lt;&amp;&#10;&#x1;&#x1F600;</B></A>', '<&\n\u0001\u{1f600}'],
])('an XML document with %s is read', (_, text, B) => {
  expect(parse(text)).toEqual({ A: { B } });
});

test.each([
  ['a second root', '<A><B>b</B></A><C/>'],
  ['a second root of the same name', '<A><B>b</B></A><A/>'],
  ['text after its root', '<A><B>b</B></A>c'],
  ['CDATA after its root', '<A><B>b</B></A><![CDATA[ ]]>'],
  ['a bare ampersand', '<A><B>R&D</B></A>'],
  ['a bare ampersand in an attribute', '<A c="R&D"><B>b</B></A>'],
  ['an entity that XML does not have', '<A><B>&eacute;</B></A>'],
  ['"<" in an attribute', '<A c="<"><B>b</B></A>'],
  ['an attribute twice', '<A c="1" c="2"><B>b</B></A>'],
  ['an attribute without quotes', '<A c=1><B>b</B></A>'],
  ['a NUL', '<A><B>b\0</B></A>'],
  ['a control character', '<A><B>b\u0001</B></A>'],
  ['a reference to NUL', '<A><B>&#0;</B></A>'],
  ['a reference to half a character', '<A><B>&#xD800;</B></A>'],
  ['a reference beyond Unicode', '<A><B>&#x110000;</B></A>'],
  ['a DOCTYPE', '<!DOCTYPE A [<!ENTITY c "b">]><A><B>b</B></A>'],
  ['a comment that does not end', '<A><B>b</B></A><!-- '],
  ['bytes that are not UTF-8', Buffer.from('<A><B>\xe9</B></A>', 'latin1')],
])('an XML document with %s is refused with MalformedXML', (_, text) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'MalformedXML' }));
});

test.each(['<![CDATA[', '<!--', '<?', '<a ', '<a b="c" ', '&#1;&', ' '])(
  'a document of 4 MB that repeats %j to slow the parser down is refused in time',
  { timeout: 30_000 },
  (piece) => {
    expect(() => parse(piece.repeat(4_000_000 / piece.length))).toThrow();
  },
);
