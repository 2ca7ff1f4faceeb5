import { describe, expect, it } from '@jest/globals';
import * as surface from '../src/index.js';

describe('the public surface', () => {
  it('is this and changes on purpose', () => {
    expect(Object.keys(surface).sort()).toEqual([
      'MopError',
      'SettingError',
      'ShapeError',
      'borrowKernel',
      'callsOnThreads',
      'drawIndex',
      'expInPlace',
      'kMeans',
      'kMeansSteps',
      'loadKernel',
      'loadTensorFlow',
      'logSumExp',
      'matrixOf',
      'minimize',
      'multiply',
      'multiplyByTranspose',
      'multiplyTransposed',
      'normal',
      'randomFor',
      'requireFinite',
      'requireRows',
      'requireSameCols',
      'requireThreads',
      'rowOf',
      'sampleWithoutReplacement',
      'slotsFor',
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
