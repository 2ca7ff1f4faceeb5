import { describe, expect, it } from '@jest/globals';
import { ShapeError } from '@mixture-of-personas/numeric';
import { interrupted, problemOf } from '../src/errors.js';

describe('problems', () => {
  it('keep the sentence and code of our packages', () => {
    const problem = problemOf(new ShapeError('mauve', '2 rows', '1', 'Give more.'));
    expect(problem).toEqual({ code: 'shape', message: 'mauve: expected 2 rows, got 1.', suggestion: 'Give more.' });
  });

  it('put system errors in words, with the path', () => {
    const error = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', path: 'out/a.npy' });
    expect(problemOf(error)).toMatchObject({ code: 'ENOSPC', message: 'out/a.npy: the disk is full.' });
  });

  it('call anything else a fault of ours, on one line', () => {
    expect(problemOf(new TypeError('a\nb'))).toMatchObject({
      code: 'internal',
      message: 'Something inside mop went wrong: a',
    });
    expect(problemOf('odd').message).toContain('odd');
    expect(problemOf(undefined).code).toBe('internal');
  });

  it('call an aborted call interrupted', () => {
    const aborted = new DOMException('aborted', 'AbortError');
    expect([interrupted(), aborted].map((error) => problemOf(error).code)).toEqual(['interrupted', 'interrupted']);
  });
});
