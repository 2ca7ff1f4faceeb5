import { expect, it } from '@jest/globals';
import * as surface from '../src/index.js';

it('exports these names and no others', () => {
  expect(Object.keys(surface).sort()).toEqual([
    'ExemplarError',
    'PersonaError',
    'PromptError',
    'chooseExemplars',
    'classifyPersonas',
    'cleanText',
    'clusterRecords',
    'cutUnfinished',
    'keywordPersonas',
    'mixPersonas',
    'ownExemplars',
    'pairRequest',
    'pairScorer',
    'parseTemplate',
    'personasFromFile',
    'promptHash',
    'randomPersonas',
    'renderPrompt',
    'simulate',
    'synthesizePersonas',
    'templateFor',
    'templateNames',
    'zeroShotRequests',
  ]);
});
