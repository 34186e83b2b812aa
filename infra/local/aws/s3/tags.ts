import { parseQuery } from './request.ts';
import { S3Error } from './s3-error.ts';
import { parseDocument, repeated, textOf } from './xml.ts';

type Tags = readonly (readonly [key: string, value: string])[];

/** @see Amazon S3 User Guide, "Categorizing your objects using tags" */
const checked = (tags: Tags): Tags => {
  if (tags.length > 10) throw new S3Error('BadRequest');
  const wrong =
    new Set(tags.map(([key]) => key)).size < tags.length ||
    tags.some(([key, value]) => key === '' || key.length > 128 || value.length > 256);
  if (wrong) throw new S3Error('InvalidTag');
  return tags;
};

/** `x-amz-tagging: status=new&team=hr` */
export const tagsOfHeader = (header: string | undefined): Tags => {
  if (header === undefined) return [];
  const tags = parseQuery(header);
  // A key that came twice is one in the map.
  if (tags.size !== header.split('&').filter((pair) => pair !== '').length) {
    const message =
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.";
    throw new S3Error('InvalidArgument', {
      message,
      elements: { ArgumentName: 'x-amz-tagging', ArgumentValue: header },
    });
  }
  return checked([...tags]);
};

/** A `Tagging` document, as PutObjectTagging and forms send it. */
export const tagsOfXml = (text: string): Tags => {
  const { TagSet } = parseDocument(text, 'Tagging');
  if (TagSet === undefined) throw new S3Error('MalformedXML');
  const [set] = TagSet === '' ? [{}] : repeated(TagSet);
  return checked(repeated(set?.Tag).map(({ Key, Value }) => [textOf(Key) ?? '', textOf(Value) ?? '']));
};
