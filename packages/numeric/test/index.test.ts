import { describe, expect, it } from '@jest/globals';
import * as surface from '../src/index.js';

describe('the public surface', () => {
  it('is this and changes on purpose', () => {
    expect(Object.keys(surface).sort()).toEqual([
      'SettingError',
      'ShapeError',
      'drawIndex',
      'expInPlace',
      'kMeans',
      'kMeansSteps',
      'logSumExp',
      'matrixOf',
      'multiply',
      'multiplyByTranspose',
      'multiplyTransposed',
      'normal',
      'randomFor',
      'requireFinite',
      'requireRows',
      'requireSameCols',
      'rowOf',
      'sampleWithoutReplacement',
      'softmaxInPlace',
      'takeRows',
      'toFloat32',
      'toFloat64',
      'topK',
      'unitRows',
      'zeros',
    ]);
  });
});
