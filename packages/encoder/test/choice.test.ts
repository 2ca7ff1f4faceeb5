import { describe, expect, it } from '@jest/globals';
import { formatEncoderChoice, openEncoder, parseEncoderChoice } from '../src/index.js';

describe('parseEncoderChoice', () => {
  it.each([
    ['embedded', { kind: 'embedded' }],
    [
      'onnx:sentence-transformers/all-mpnet-base-v2',
      { kind: 'onnx', model: 'sentence-transformers/all-mpnet-base-v2' },
    ],
    ['onnx:/models/mini#model_quantized.onnx', { kind: 'onnx', model: '/models/mini', file: 'model_quantized.onnx' }],
    ['onnx:folder#1', { kind: 'onnx', model: 'folder#1' }],
    ['server:http://gpu:8000/v1#BAAI/bge-m3', { kind: 'server', url: 'http://gpu:8000/v1', model: 'BAAI/bge-m3' }],
  ])('reads %s and writes it back', (text, choice) => {
    expect(parseEncoderChoice(text)).toEqual(choice);
    expect(formatEncoderChoice(parseEncoderChoice(text))).toBe(text);
  });

  it.each(['', 'onnx:', 'mini', 'embedded:x', 'server:http://gpu:8000', 'server:gpu#m', 'server:#m', 'openai:x'])(
    'refuses %j and shows every form',
    (text) => {
      expect(() => parseEncoderChoice(text)).toThrow(/must be embedded, onnx:FOLDER-OR-HUB-ID.* or server:URL#MODEL/);
    },
  );

  it('keeps a password in a URL out of the id', () => {
    expect(formatEncoderChoice({ kind: 'server', url: 'http://me:secret@gpu:8000', model: 'm' })).toBe(
      'server:http://gpu:8000#m',
    );
  });
});

describe('openEncoder', () => {
  it.each([0, 1.5, NaN])('refuses a batch size of %s for a server', async (batchSize) => {
    await expect(openEncoder('server:http://gpu#m', { batchSize })).rejects.toThrow(
      /batchSize must be a whole number ≥ 1/,
    );
  });
});
