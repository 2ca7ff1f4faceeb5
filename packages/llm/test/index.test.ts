import { expect, it } from '@jest/globals';
import * as llm from '../src/index.js';

it('has this public surface', () => {
  expect(Object.keys(llm).sort()).toEqual([
    'ModelError',
    'StoreError',
    'TEMPERATURE_RANGE',
    'openLanguageModel',
    'openMeasure',
    'openScoreStore',
    'parseLanguageModelChoice',
    'scoreCurveOf',
    'withStore',
  ]);
});
