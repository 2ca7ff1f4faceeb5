import { describe, expect, it } from '@jest/globals';
import * as surface from '../src/index.js';
import * as internal from '../src/internal.js';

describe('the public surface', () => {
  it('is this and changes on purpose', () => {
    expect(Object.keys(surface).sort()).toEqual([
      'MopError',
      'SettingError',
      'ShapeError',
      'centered',
      'classProbabilities',
      'drawIndex',
      'expInPlace',
      'fitLogisticRegression',
      'kMeans',
      'kMeansSteps',
      'leadingEigenvectors',
      'loadTensorFlow',
      'logSumExp',
      'matrixOf',
      'minimize',
      'multiply',
      'multiplyByTranspose',
      'multiplyTransposed',
      'normal',
      'principalComponents',
      'randomFor',
      'requireFinite',
      'requireRows',
      'requireSameCols',
      'requireThreads',
      'rowOf',
      'sampleWithoutReplacement',
      'softmaxInPlace',
      'symmetricEigenvalues',
      'takeRows',
      'toFloat32',
      'toFloat64',
      'topK',
      'unitRows',
      'zeros',
    ]);
  });

  it('keeps what only the packages of this repository use behind `numeric/internal`', () => {
    expect(Object.keys(internal).sort()).toEqual([
      'alike',
      'borrowKernel',
      'callsOnThreads',
      'choleskyFast',
      'columnSums',
      'dot',
      'factorProduct',
      'gramOf',
      'loadKernel',
      'meanOf',
      'meanRow',
      'nuclearNorm',
      'quickScatterOf',
      'scatterOf',
      'slotsFor',
      'solveLogisticHessian',
      'squaredNorms',
      'stacked',
      'sumOf',
      'triangularFactor',
    ]);
  });
});
