import {
  type PostAtsApplicationsApplicationIdAttachmentsRequestBody as ApplicationBody,
  type PostAtsApplicationsApplicationIdAttachmentsRequestBody$Outbound as ApplicationWire,
  PostAtsApplicationsApplicationIdAttachmentsRequestBody$outboundSchema as applicationSchema,
  type PostAtsCandidatesCandidateIdAttachmentsRequestBody as CandidateBody,
  type PostAtsCandidatesCandidateIdAttachmentsRequestBody$Outbound as CandidateWire,
  PostAtsCandidatesCandidateIdAttachmentsRequestBody$outboundSchema as candidateSchema,
  PostAtsCandidatesCandidateIdAttachmentsRequestBodyType as KomboType,
} from '@kombo-api/sdk/models';
import { expect, expectTypeOf, test } from 'vitest';
import { type AttachmentFacts, attachmentBody, attachmentLinkBody } from '../../../lib/kombo/attachment-request.ts';
import type { WireAttachment, WireAttachmentRequest, WireRemoteFields } from '../../../lib/kombo/wire.ts';
import { type AttachmentType, attachmentTypes } from '../../../lib/upload/target.ts';
import { chunksOf, collect } from '../../fakes/chunks.ts';

/** Our own wire format against the official SDK's: the types when this file is compiled, the bytes when it runs. */

test('our wire types are those that the SDK sends', () => {
  expectTypeOf<WireAttachmentRequest>().toExtend<CandidateWire>();
  expectTypeOf<WireAttachmentRequest>().toExtend<ApplicationWire>();
  expectTypeOf<WireAttachment['type']>().toEqualTypeOf<CandidateBody['attachment']['type']>();
  expectTypeOf<keyof WireAttachment>().toEqualTypeOf<keyof ApplicationWire['attachment']>();
  expectTypeOf<keyof WireAttachmentRequest>().toEqualTypeOf<keyof ApplicationWire>();
});

test('our remote fields are exactly those of the SDK', () => {
  type Theirs = NonNullable<ApplicationWire['remote_fields']>;
  type OurOracle = NonNullable<WireRemoteFields['oracle']>;
  expectTypeOf<keyof WireRemoteFields>().toEqualTypeOf<keyof Theirs>();
  expectTypeOf<keyof OurOracle>().toEqualTypeOf<keyof NonNullable<Theirs['oracle']>>();
  expectTypeOf<OurOracle['override_document_category']>().toEqualTypeOf<
    NonNullable<NonNullable<ApplicationBody['remote_fields']>['oracle']>['override_document_category']
  >();
  expectTypeOf<keyof NonNullable<NonNullable<WireRemoteFields['greenhouse']>['post_headers']>>().toEqualTypeOf<
    keyof NonNullable<NonNullable<Theirs['greenhouse']>['post_headers']>
  >();
});

test('our attachment types are those of the SDK', () => {
  expectTypeOf<AttachmentType>().toEqualTypeOf<(typeof KomboType)[keyof typeof KomboType]>();
  expect([...attachmentTypes].sort()).toEqual(Object.values(KomboType).sort());
});

const frank: AttachmentFacts = { name: 'Frank Doe CV.pdf', type: 'CV', contentType: 'application/pdf' };

const wire = async (facts: AttachmentFacts): Promise<unknown> =>
  JSON.parse((await collect(attachmentBody(facts, 8, chunksOf('%PDF-1.7')).chunks)).toString('utf8'));

const attachment = {
  name: 'Frank Doe CV.pdf',
  type: 'CV',
  content_type: 'application/pdf',
  data: 'JVBERi0xLjc=',
} as const;

test.each([
  ['candidate', candidateSchema],
  ['application', applicationSchema],
] as const)("the body for a %s passes the SDK's schema, and no field is dropped", async (_, schema) => {
  for (const type of attachmentTypes) {
    const body = await wire({ ...frank, type });
    expect(schema.parse(body)).toEqual(body);
  }
});

test("a body with a link passes the SDK's schema, too", async () => {
  const link = 'https://bucket.s3.amazonaws.com/cv.pdf?X-Amz-Signature=5ec2e7';
  const body = JSON.parse((await collect(attachmentLinkBody(frank, link).chunks)).toString('utf8'));
  expect(candidateSchema.parse(body)).toEqual(body);
  expect(body).not.toHaveProperty('attachment.data');
});

test('the body for a candidate is equal to the one that the SDK sends, including the spelling of remote fields', async () => {
  const theirs: CandidateBody = {
    attachment,
    remote_fields: {
      greenhouse: { post_headers: { on_behalf_of: '4711' } },
      workable: { on_behalf_of_user_remote_id: 'user-1' },
    },
  };
  const ours = {
    greenhouse: { post_headers: { 'On-Behalf-Of': '4711' } },
    workable: { on_behalf_of_user_remote_id: 'user-1' },
  } satisfies WireRemoteFields;
  expect(await wire({ ...frank, remoteFields: ours })).toEqual(candidateSchema.parse(theirs));
});

test('the body for an application is equal to the one that the SDK sends', async () => {
  const theirs: ApplicationBody = {
    attachment,
    remote_fields: {
      oracle: { override_document_category: 'IRC_CANDIDATE_RESUME', multi_post_to_all_current_applications: true },
    },
  };
  const ours = {
    oracle: { override_document_category: 'IRC_CANDIDATE_RESUME', multi_post_to_all_current_applications: true },
  } satisfies WireRemoteFields;
  expect(await wire({ ...frank, remoteFields: ours })).toEqual(applicationSchema.parse(theirs));
});
