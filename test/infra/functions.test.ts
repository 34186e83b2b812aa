import path from 'node:path';
import { expect, test } from 'vitest';
import { functionFaults } from '../../infra/functions.ts';
import { concurrencyParameter } from '../../infra/handler-names.ts';
import { rolesIn } from '../../infra/roles.ts';

const parts = { handlers: ['on-batch', 'on-upload'], roles: ['OnUploadRole', 'OnBatchRole'] };
const entries = { 'on-upload': { role: 'OnUploadRole' }, 'on-batch': { role: 'OnBatchRole' } };

test('functions that all have code and a role have no faults', () => {
  expect(functionFaults(entries, parts)).toEqual([]);
});

test.each([{}, null, { role: null }])('a function without a role is refused (%j)', (entry) => {
  expect(functionFaults({ ...entries, 'on-batch': entry }, parts)).toEqual([
    'Function on-batch has no role: define one in infra/resources/roles.yml with the permissions that its code needs, and name it as functions.on-batch.role in serverless.yml.',
  ]);
});

test('a function whose role is not in roles.yml is refused', () => {
  expect(functionFaults({ ...entries, 'on-batch': { role: 'OnBachRole' } }, parts)).toEqual([
    'Function on-batch has the role OnBachRole, which infra/resources/roles.yml does not define: define it there, or correct functions.on-batch.role in serverless.yml. The roles are OnUploadRole, OnBatchRole.',
  ]);
  expect(functionFaults({ ...entries, 'on-batch': { role: { 'Fn::GetAtt': ['X', 'Arn'] } } }, parts)[0]).toContain(
    'Function on-batch has the role {"Fn::GetAtt":["X","Arn"]}, which infra/resources/roles.yml does not define',
  );
});

test('a function without a handler file is refused', () => {
  expect(functionFaults({ ...entries, 'on-nowhere': { role: 'OnUploadRole' } }, parts)).toEqual([
    'Function on-nowhere has no code: add handlers/on-nowhere.ts (only on-<words>.ts is bundled), or remove functions.on-nowhere from serverless.yml.',
  ]);
});

test('a handler file without a function is refused', () => {
  expect(functionFaults(entries, { ...parts, handlers: [...parts.handlers, 'on-nowhere'] })).toEqual([
    'Function on-nowhere is not in serverless.yml, but handlers/on-nowhere.ts exists: add functions.on-nowhere with description, role and events, or remove the file.',
  ]);
});

test('the roles of roles.yml are found, and the roles of other files are not', () => {
  const file = path.join(import.meta.dirname, '../../infra/resources/roles.yml');
  expect(rolesIn(file)).toEqual(
    expect.arrayContaining(['OnUploadRole', 'OnScheduleRole', 'OnDemandRole', 'OnBatchRole']),
  );
  // S3 Batch Operations and GuardDuty assume these roles (batch.yml, scan.yml); no function may.
  for (const other of ['BatchRole', 'ScanRole']) expect(rolesIn(file)).not.toContain(other);
});

test('the concurrency parameter is the name of the function without on-', () => {
  expect(concurrencyParameter('on-upload')).toBe('uploadConcurrency');
  expect(concurrencyParameter('on-event-bridge')).toBe('eventBridgeConcurrency');
});
