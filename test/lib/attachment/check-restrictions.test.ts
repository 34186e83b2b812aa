import { expect, test } from 'vitest';
import { checkRestrictions } from '../../../lib/attachment/check-restrictions.ts';
import type { Restrictions } from '../../../lib/kombo/read-restrictions.ts';

const pdf = { type: 'CV', contentType: 'application/pdf', sizeBytes: 1_000 } as const;

test.each<[string, Restrictions | undefined]>([
  ['no limits are known', undefined],
  ['its type is not mentioned', { OTHER: { supported: false } }],
  ['it is supported without limits', { CV: { supported: true } }],
  ['it has exactly the allowed size', { CV: { supported: true, maxSizeBytes: 1_000 } }],
  ['its content type is listed', { CV: { supported: true, contentTypes: ['text/plain', 'application/pdf'] } }],
  ['its content type is listed in capitals', { CV: { supported: true, contentTypes: ['Application/PDF'] } }],
  ['its content type is listed by another name', { CV: { supported: true, contentTypes: ['application/x-pdf'] } }],
  ['its whole family is listed', { CV: { supported: true, contentTypes: ['application/*'] } }],
  ['everything is listed', { CV: { supported: true, contentTypes: ['*/*'] } }],
])('a file is within the limits of the integration when %s', (_, restrictions) => {
  expect(checkRestrictions(restrictions, pdf).ok).toBe(true);
});

test.each<[string, Restrictions, object]>([
  [
    'its type is not supported',
    { CV: { supported: false } },
    { code: 'TYPE_NOT_ALLOWED', detail: 'The integration accepts no attachments of type CV.' },
  ],
  [
    'it is one byte too large',
    { CV: { supported: true, maxSizeBytes: 999 } },
    { code: 'FILE_TOO_LARGE', detail: 'The file has 1 kB; the integration accepts up to 999 B as CV.' },
  ],
  [
    'its content type is not listed',
    { CV: { supported: true, contentTypes: ['application/msword', 'image/*', 'app/*'] } },
    {
      code: 'TYPE_NOT_ALLOWED',
      detail: 'The integration does not accept application/pdf as CV; it accepts application/msword, image/*, app/*.',
    },
  ],
])('a file is outside the limits of the integration when %s', (_, restrictions, error) => {
  expect(checkRestrictions(restrictions, pdf)).toEqual({ ok: false, error });
});
