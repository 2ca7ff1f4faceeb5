import { expect, it } from '@jest/globals';
import * as encoder from '../src/index.js';

it('exports these names and no others', () => {
  expect(Object.keys(encoder).sort()).toEqual([
    'CacheError',
    'EmbeddingError',
    'ModelError',
    'formatEncoderChoice',
    'openEncoder',
    'parseEncoderChoice',
    'withCache',
  ]);
});
