import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lengthDelimited, numberField, textField } from '@mixture-of-personas/models';
import { openLanguageModel, parseLanguageModelChoice } from '../../src/index.js';
import { readModelFolder } from '../../src/files/model-folder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mop-model-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A model whose graph keeps a tensor of its own, an inner graph's too, in files. */
const graphWith = (...locations: readonly string[]): Uint8Array => {
  const tensor = (number: number, location: string): Uint8Array =>
    lengthDelimited(number, [
      numberField(1, 4),
      lengthDelimited(13, [textField(1, 'location'), textField(2, location)]),
    ]);
  const [outer = '', inner = outer] = locations;
  const branch = lengthDelimited(1, [lengthDelimited(5, [lengthDelimited(6, [tensor(5, inner)])])]);
  return lengthDelimited(7, [branch, tensor(5, outer)]);
};

const put = (name: string, text: string | Uint8Array): void => {
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
    put('onnx/model_quantized.onnx', '');
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
      'onnx/model.onnx': graphWith('weights.bin', 'shards/part 2'),
      'onnx/weights.bin': 'd',
      'onnx/shards/part 2': 's',
      'onnx/model.onnx_data': 'not of this graph',
      'onnx/model_q4.onnx': '',
      'tokenizer.json': 't',
      'config.json': '{"max_position_embeddings":64,"eos_token_id":[5,6]}',
    }))
      put(name, text);
    const first = await readModelFolder(folder);
    expect(first.files.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['onnx/model.onnx', graphWith('weights.bin', 'shards/part 2').length],
      ['onnx/shards/part 2', 1],
      ['onnx/weights.bin', 1],
      ['tokenizer.json', 1],
      ['config.json', 51],
    ]);
    expect([first.endTokens, first.contextTokens, first.fingerprint.length]).toEqual([[5, 6], 64, 64]);
    expect((await readModelFolder(folder, { format: 'q4' })).weights).toBe('onnx/model_q4.onnx');
    const seen = new Set([first.fingerprint]);
    for (const [name, text] of [
      ['onnx/weights.bin', 'e'],
      ['onnx/shards/part 2', 't'],
      ['chat_template.jinja', '{{ messages }}'],
      ['chat_template.jinja', '{{ messages }} '],
      ['generation_config.json', '{"eos_token_id":5}'],
      ['config.json', '{"max_position_embeddings":32}'],
      ['tokenizer_config.json', '{}'],
    ] as const) {
      put(name, text);
      seen.add((await readModelFolder(folder)).fingerprint);
    }
    expect(seen.size).toBe(8);
  });

  it('is refused where its graph keeps weights in a file that is missing or outside it', async () => {
    put('tokenizer.json', '{}');
    put('config.json', '{}');
    put('onnx/model.onnx', graphWith('weights.bin'));
    await expect(readModelFolder(folder)).rejects.toMatchObject({
      code: 'no-weights',
      message: expect.stringContaining('onnx/weights.bin'),
    });
    put('onnx/model.onnx', graphWith('../weights.bin'));
    await expect(readModelFolder(folder)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('outside its own folder'),
    });
  });

  it.each([
    ['n_positions', { n_positions: 32 }],
    ['max_position_embeddings of text_config', { text_config: { max_position_embeddings: 32 } }],
    ['max_seq_len', { max_seq_len: 32 }],
  ])('takes its context from %s', async (_, config) => {
    put('tokenizer.json', '{}');
    put('config.json', JSON.stringify(config));
    put('onnx/model.onnx', '');
    expect((await readModelFolder(folder)).contextTokens).toBe(32);
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
