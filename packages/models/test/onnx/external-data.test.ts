import { describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { externalDataFiles, lengthDelimited, numberField, textField } from '../../src/index.js';
import { temporaryFolder } from '../temporary-folder.js';

const tensor = (field: number, location?: string): Uint8Array =>
  lengthDelimited(field, [
    numberField(2, 1),
    ...(location === undefined
      ? []
      : [
          lengthDelimited(13, [textField(1, 'location'), textField(2, location)]),
          lengthDelimited(13, [textField(1, 'offset'), textField(2, '64')]),
        ]),
  ]);
const locations = async (...parts: readonly Uint8Array[]): Promise<string[]> => {
  const path = join(temporaryFolder(), 'model.onnx');
  writeFileSync(path, Buffer.concat(parts));
  return externalDataFiles(path);
};

describe('externalDataFiles', () => {
  it('names each file once, wherever in the graph its tensors stand', async () => {
    const inner = lengthDelimited(6, [tensor(5, 'inner.bin')]);
    const node = (field: number, ...attribute: Uint8Array[]): Uint8Array =>
      lengthDelimited(field, [textField(4, 'If'), lengthDelimited(5, attribute)]);
    const graph = lengthDelimited(7, [
      tensor(5, 'weights.bin'),
      tensor(5, 'weights.bin'),
      tensor(5),
      node(1, inner),
      node(1, tensor(5, 'constant')),
      node(1, tensor(10, 'tensors')),
      lengthDelimited(15, [tensor(1, 'sparse'), tensor(2, 'indices')]),
    ]);
    const body = lengthDelimited(25, [node(7, tensor(5, 'function'))]);
    const expected = ['constant', 'function', 'indices', 'inner.bin', 'sparse', 'tensors', 'weights.bin'];
    expect(await locations(numberField(1, 9), graph, body)).toEqual(expected);
  });
  it.each(['../other', '/etc/x', 'a/../../b', 'C:\\x'])('refuses the location %s', async (location) => {
    await expect(locations(lengthDelimited(7, [tensor(5, location)]))).rejects.toThrow(/outside its own folder/);
  });
  it('refuses a file that is no ONNX model', async () => {
    await expect(locations(Uint8Array.of(7, 7, 7))).rejects.toThrow(/is not an ONNX model/);
  });
});
