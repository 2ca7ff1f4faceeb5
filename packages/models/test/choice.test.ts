import { describe, expect, it } from '@jest/globals';
import { formatModelChoice, parseModelChoice } from '../src/index.js';

describe('parseModelChoice', () => {
  it.each([
    ['embedded', { kind: 'embedded' }],
    ['onnx:org/mini@v1', { kind: 'onnx', model: 'org/mini@v1' }],
    ['onnx:C:/models/x', { kind: 'onnx', model: 'C:/models/x' }],
    ['onnx:/models/mini#model_q4.onnx', { kind: 'onnx', model: '/models/mini', file: 'model_q4.onnx' }],
    ['onnx:folder#1', { kind: 'onnx', model: 'folder#1' }],
    ['server:http://gpu:8000#m', { kind: 'server', endpoints: [{ url: 'http://gpu:8000', weight: 1 }], model: 'm' }],
    [
      'server:http://a,http://b*2.5#org/m',
      {
        kind: 'server',
        endpoints: [
          { url: 'http://a', weight: 1 },
          { url: 'http://b', weight: 2.5 },
        ],
        model: 'org/m',
      },
    ],
  ])('reads %s and writes it back', (text, choice) => {
    expect(parseModelChoice(text)).toEqual(choice);
    expect(formatModelChoice(parseModelChoice(text))).toBe(text);
  });
  it.each([
    '',
    'onnx',
    'onnx:',
    'onnx: ',
    'embedded:x',
    'llama:x',
    'server:http://gpu',
    'server:gpu#m',
    'server:http://a*0#m',
  ])('refuses %j and shows every form', (text) => {
    expect(() => parseModelChoice(text)).toThrow(/embedded, onnx:FOLDER-OR-HUB-ID.* or server:URL#MODEL/);
  });
  it('shows no password', () => {
    expect(() => parseModelChoice('server:http://me:secret@gpu#m')).toThrow(/^The address http:\/\/gpu holds/);
    expect(() => parseModelChoice('server:http://me:secret@gpu')).toThrow(/"server:http:\/\/gpu"/);
  });
});
