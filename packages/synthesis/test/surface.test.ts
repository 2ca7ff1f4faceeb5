import { expect, it } from '@jest/globals';
import * as surface from '../src/index.js';

it('exports these names and no others', () => {
  expect(Object.keys(surface).sort()).toEqual([
    'BaselineError',
    'ExemplarError',
    'PersonaError',
    'PromptError',
    'chooseExemplars',
    'classifyPersonas',
    'cleanText',
    'clusterRecords',
    'cutUnfinished',
    'defineSource',
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
    'simulateBaseline',
    'sourceSettings',
    'synthesizePersonas',
    'templateFor',
    'templateNames',
    'textSource',
    'textSources',
    'zeroShotRequests',
  ]);
});
