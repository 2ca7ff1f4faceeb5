import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openLanguageModel, parseLanguageModelChoice } from '../../src/index.js';
import { readModelFolder } from '../../src/files/model-folder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mop-model-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, text: string): void => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
};

describe('a model folder', () => {
  it('is refused in one sentence that says what was looked for', async () => {
    const open = (): Promise<unknown> => openLanguageModel(`onnx:${folder}`, { download: false });
    await expect(openLanguageModel(`onnx:${folder}/absent`)).rejects.toMatchObject({
      code: 'folder-missing',
      message: expect.stringContaining('/absent.'),
    });
    await expect(open()).rejects.toMatchObject({
      code: 'no-weights',
      message: expect.stringContaining('onnx/model_quantized.onnx'),
    });
    put('onnx/model_quantized.onnx', 'x');
    await expect(open()).rejects.toMatchObject({
      code: 'no-tokenizer',
      message: expect.stringContaining('tokenizer.json'),
    });
    put('tokenizer.json', '{');
    await expect(open()).rejects.toMatchObject({ code: 'no-config', message: expect.stringContaining('config.json') });
    put('config.json', '{"model_type":"llama","eos_token_id":2');
    await expect(open()).rejects.toMatchObject({
      code: 'no-config',
      message: expect.stringContaining('is not a JSON object'),
    });
    put('config.json', '{"model_type":"llama","eos_token_id":2}');
    await expect(open()).rejects.toMatchObject({
      code: 'no-tokenizer',
      message: expect.stringContaining('cannot be read'),
    });
    await expect(openLanguageModel(`onnx:${folder}/config.json`)).rejects.toMatchObject({ code: 'folder-missing' });
  });

  it('is known by what is in its files, external data included', async () => {
    for (const [name, text] of Object.entries({
      'onnx/model.onnx': 'w',
      'onnx/model.onnx_data': 'd',
      'onnx/model_q4.onnx': 'q',
      'tokenizer.json': 't',
      'config.json': '{"max_position_embeddings":64,"eos_token_id":[5,6]}',
    }))
      put(name, text);
    const first = await readModelFolder(folder);
    expect(first.files.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['onnx/model.onnx', 1],
      ['onnx/model.onnx_data', 1],
      ['tokenizer.json', 1],
    ]);
    expect([first.endTokens, first.contextTokens, first.fingerprint.length]).toEqual([[5, 6], 64, 64]);
    expect((await readModelFolder(folder, { format: 'q4' })).weights).toBe('onnx/model_q4.onnx');
    put('onnx/model.onnx_data', 'e');
    expect((await readModelFolder(folder)).fingerprint).not.toBe(first.fingerprint);
  });
});

describe('parseLanguageModelChoice', () => {
  it('reads an engine and a model, colons in the model included', () => {
    expect(parseLanguageModelChoice('onnx:C:/models/x')).toEqual({ kind: 'onnx', model: 'C:/models/x' });
  });
  it('reads the model that comes with the package', () => {
    expect(parseLanguageModelChoice('embedded')).toEqual({ kind: 'embedded' });
  });
  it.each(['', 'onnx', 'onnx:', 'embedded:x', 'llama:x', 'x'])('refuses "%s" and says what to write', (text) => {
    expect(() => parseLanguageModelChoice(text)).toThrow(/onnx:/);
  });
});
