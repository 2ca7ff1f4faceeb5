import { expect, it } from '@jest/globals';
import * as models from '../src/index.js';

it('exports these names and no others', () => {
  expect(Object.keys(models).sort()).toEqual([
    'EXAMINE',
    'Fault',
    'ModelError',
    'Refusal',
    'apiKey',
    'authorization',
    'baseUrl',
    'exchange',
    'exchangeBytes',
    'exchangeWithRetries',
    'externalDataFiles',
    'fieldsOf',
    'formatModelChoice',
    'hashFiles',
    'hubCacheFolder',
    'joinBytes',
    'lengthDelimited',
    'loadOnnx',
    'numberField',
    'openFastTokenizer',
    'openModelSource',
    'openSession',
    'parseModelChoice',
    'property',
    'readJson',
    'readJsonObject',
    'reasonOf',
    'textField',
    'textOf',
  ]);
});
