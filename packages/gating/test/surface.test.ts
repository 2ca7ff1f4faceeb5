import { expect, it } from '@jest/globals';
import * as gating from '../src/index.js';

it('has exactly this surface, changed on purpose only', () => {
  expect(Object.keys(gating).sort()).toEqual([
    'GateFormatError',
    'bestPairWeights',
    'builtInBackend',
    'centreOf',
    'centredUnitRows',
    'chooseBackend',
    'compareGates',
    'decodeGate',
    'discrepancyForm',
    'discrepancyOf',
    'drawPair',
    'drawPairs',
    'effectiveNumber',
    'encodeGate',
    'exemplarProbabilities',
    'fitDiscrepancy',
    'fitGate',
    'fitTemperature',
    'gateGradient',
    'initialGate',
    'logWeight',
    'mixtureLogLikelihood',
    'mixtureOf',
    'noContext',
    'personaProbabilities',
    'project',
    'randomGate',
    'topPairs',
    'uniformGate',
  ]);
});
