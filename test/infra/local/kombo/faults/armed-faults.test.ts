import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createArmedFaults } from '../../../../../infra/local/kombo/faults/armed-faults.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

describe('armed faults', () => {
  const toFrank = { kind: 'post', target: { kind: 'candidate', id: 'Frank1' } } as const;

  test('armed faults apply as often as they were armed for', () => {
    const faults = createArmedFaults();
    faults.arm('html-502', { times: 2 });

    const kinds = [1, 2, 3].map(() => faults.take(toFrank, 'x:1').decisive?.kind);

    expect(kinds).toEqual(['html', 'html', undefined]);
    expect(faults.list()).toEqual([]);
  });

  test('a second armed fault is not used up by the call that the first one ended', () => {
    const faults = createArmedFaults();
    faults.arm('html-502', { times: 1 });
    faults.arm('silence', { times: 1 });

    const kinds = [1, 2, 3].map(() => faults.take(toFrank, 'x:1').decisive?.kind);

    expect(kinds).toEqual(['html', 'silence', undefined]);
  });

  test('armed faults apply only to the target, the integration and the calls of their scope', () => {
    const faults = createArmedFaults();
    faults.arm('html-502', { target: { kind: 'candidate', id: 'Frank1' }, integrationId: 'x:1', on: ['post', 'list'] });
    const applies = (kind: 'post' | 'list', target: { kind: 'candidate' | 'application'; id: string }, id: string) =>
      faults.take({ kind, target }, id).decisive !== undefined;

    expect(applies('post', { kind: 'candidate', id: 'Frank1' }, 'x:1')).toBe(true);
    expect(applies('list', { kind: 'candidate', id: 'Frank1' }, 'x:1')).toBe(true);
    expect(applies('post', { kind: 'candidate', id: 'Frank2' }, 'x:1')).toBe(false);
    expect(applies('post', { kind: 'application', id: 'Frank1' }, 'x:1')).toBe(false);
    expect(applies('post', { kind: 'candidate', id: 'Frank1' }, 'x:2')).toBe(false);
    expect(faults.take({ kind: 'check-api-key' }, undefined).decisive).toBeUndefined();
  });

  test('armed faults can apply to calls without a candidate', () => {
    const faults = createArmedFaults();
    faults.arm('check-api-key-html-502');
    faults.arm('status-503', { on: ['actions', 'integration'], integrationId: 'x:1' });

    expect(faults.take({ kind: 'check-api-key' }, undefined).decisive?.kind).toBe('html');
    expect(faults.take({ kind: 'actions', action: 'ats_add_candidate_attachment' }, 'x:1').decisive?.kind).toBe(
      'error',
    );
    expect(faults.take({ kind: 'integration', integrationId: 'x:2' }, undefined).decisive).toBeUndefined();
    expect(faults.take({ kind: 'integration', integrationId: 'x:1' }, undefined).decisive?.kind).toBe('error');
    expect(faults.take(toFrank, 'x:1').decisive).toBeUndefined();
  });

  test('armed faults of ids are counted for each id separately, and start again after a clear', () => {
    const faults = createArmedFaults();
    const applies = (id: string) =>
      faults.take({ kind: 'post', target: { kind: 'candidate', id } }, 'x:1').decisive !== undefined;

    expect([applies('fault-silence-1_as_a'), applies('fault-silence-1_as_a')]).toEqual([true, false]);
    expect(applies('fault-silence-1_as_b')).toBe(true);
    faults.clear();
    expect(applies('fault-silence-1_as_a')).toBe(true);
  });

  test('armed faults of ids go on counting after a restart, until they are cleared', async () => {
    const usesFile = join(await temporaryFolder(), 'kombo.jsonl.uses');
    const start = () => {
      const faults = createArmedFaults(usesFile);
      const kindOf = (id: string) =>
        faults.take({ kind: 'post', target: { kind: 'candidate', id } }, 'x:1').decisive?.kind;
      return { faults, kindOf };
    };
    const both = 'fault-silence-1_and_html-502-2';

    expect(start().kindOf(both)).toBe('silence');
    expect(start().kindOf(both)).toBe('html');
    const third = start();
    expect([third.kindOf(both), third.kindOf(both), third.kindOf('fault-silence-1')]).toEqual([
      'html',
      undefined,
      'silence',
    ]);
    third.faults.clear();
    expect(start().kindOf(both)).toBe('silence');
  });
});
