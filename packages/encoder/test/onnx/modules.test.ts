import { describe, expect, it } from '@jest/globals';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowOf } from '@mixture-of-personas/numeric';
import { openEncoder, type Encoder } from '../../src/index.js';
import { folderWith } from '../temporary-folder.js';
import { ACTIVATIONS, dense, folderOf, LINEAR, meanOf, POOLED, unit, type Files } from './tiny-folder.js';
import { modulesJson, tinyModel, TOKENIZER } from './tiny-model.js';

async function embed(folder: string, texts: readonly string[], options = {}): Promise<number[][]> {
  const encoder = await openEncoder(`onnx:${folder}`, options);
  const matrix = await encoder.embed(texts);
  await encoder.close();
  return texts.map((_, i) => [...rowOf(matrix, i)]);
}

const close = (row: readonly number[], expected: readonly number[]): void => {
  expect(row).toHaveLength(expected.length);
  expected.forEach((value, d) => expect(row[d]).toBeCloseTo(value, 5));
};

describe('Pooling', () => {
  it.each(Object.entries(POOLED))('%s agrees with its formula, in padded batches too', async (mode, expected) => {
    const modules = modulesJson('Transformer', 'Pooling');
    const folder = folderOf({
      'modules.json': modules,
      '1_Pooling/config.json': JSON.stringify({ pooling_mode: mode }),
    });
    close((await embed(folder, ['a b']))[0], expected);
    close((await embed(folder, ['a b', 'a b a b a', 'a'], { batchSize: 3 }))[0], expected);
  });
  it('joins several modes in their fixed order', async () => {
    const config = { pooling_mode_mean_tokens: true, pooling_mode_cls_token: true, pooling_mode_lasttoken: true };
    const [row] = await embed(folderOf({ '1_Pooling/config.json': JSON.stringify(config) }), ['a b']);
    close(row, [...POOLED.cls, ...POOLED.mean, ...POOLED.lasttoken]);
  });
  it('leaves the prompt out where the config says so', async () => {
    const folder = folderOf({ '1_Pooling/config.json': '{"pooling_mode":"mean","include_prompt":false}' });
    const [row] = await embed(folder, [' a b'], { prompt: 'q:' });
    close(row, meanOf(2, 3, 5));
  });
  it('refuses an unknown mode by name', async () => {
    const folder = folderOf({ '1_Pooling/config.json': '{"pooling_mode_attention_tokens":true}' });
    await expect(openEncoder(`onnx:${folder}`)).rejects.toThrow(/asks for the pooling attention; cls, max, mean/);
  });
});

describe('modules after Pooling', () => {
  it('applies Dense with its activation, then Normalize', async () => {
    const folder = folderOf(dense());
    const encoder = await openEncoder(`onnx:${folder}`);
    expect(encoder.description).toEqual({
      prompt: '',
      maxTokens: undefined,
      modules: ['mean pooling', 'Dense 4 → 2 Tanh', 'Normalize'],
    });
    await encoder.close();
    close((await embed(folder, ['a b']))[0], unit(LINEAR.map(Math.tanh)));
  });
  it('gives the rows before the last Normalize when asked', async () => {
    close((await embed(`${folderOf(dense())}?normalize=false`, ['a b']))[0], LINEAR.map(Math.tanh));
  });
  it.each(ACTIVATIONS)('knows the activation %s', async (name, f) => {
    const files = dense({ activation_function: `torch.nn.modules.activation.${name}` });
    close((await embed(`${folderOf(files)}?normalize=false`, ['a b']))[0], LINEAR.map(f));
  });
  it.each<[string, Files, RegExp]>([
    [
      'an activation',
      dense({ activation_function: 'torch.nn.GELU' }),
      /2_Dense has the activation GELU; Identity, Tanh/,
    ],
    ['a residual', dense({ use_residual: true }), /2_Dense sets use_residual/],
    ['token input', dense({ module_input_name: 'token_embeddings' }), /sets module_input_name/],
    ['another shape', dense({ out_features: 3 }), /weights of another shape than 3 × 4/],
    ['a module', { 'modules.json': modulesJson('Transformer', 'Pooling', 'LSTM') }, /names the module LSTM; Pooling/],
    [
      "the model's own code",
      { 'modules.json': modulesJson('Transformer', 'Pooling', 'custom.Dense') },
      /custom\.Dense/,
    ],
    ['no Transformer', { 'modules.json': modulesJson('StaticEmbedding') }, /begins with StaticEmbedding/],
    ['no Pooling', { 'modules.json': modulesJson('Transformer', 'Normalize') }, /has Normalize where Pooling/],
    ['a list that is none', { 'modules.json': '{}' }, /is not a list of modules/],
  ])('refuses %s by name', async (_, files, message) => {
    const opening = openEncoder(`onnx:${folderOf(files)}`);
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toMatchObject({ code: 'unsupported' });
  });
  it('refuses weights in pytorch_model.bin by name', async () => {
    const { 'modules.json': modules = '', '2_Dense/config.json': config = '' } = dense();
    const files = { 'modules.json': modules, '2_Dense/config.json': config, '2_Dense/pytorch_model.bin': 'pickle' };
    await expect(openEncoder(`onnx:${folderOf(files)}`)).rejects.toThrow(/weights in pytorch_model\.bin/);
  });
  it('refuses damaged weights', async () => {
    const files = { ...dense(), '2_Dense/model.safetensors': '{"linear.weight"' };
    await expect(openEncoder(`onnx:${folderOf(files)}`)).rejects.toThrow(/model\.safetensors is damaged/);
  });
});

describe('prompts', () => {
  const prompts = (name: string | null): Files => ({
    'config_sentence_transformers.json': JSON.stringify({
      prompts: { query: 'q: ', other: 'b ' },
      default_prompt_name: name,
    }),
  });
  it('puts the default prompt before each text', async () => {
    expect(await embed(folderOf(prompts('query')), ['a b', 'a'])).toEqual(await embed(folderOf(), ['q: a b', 'q: a']));
    expect(await embed(folderOf(prompts(null)), ['a b'])).toEqual(await embed(folderOf(), ['a b']));
  });
  it('takes a prompt by name or as it is, from the option and from the choice', async () => {
    const folder = folderOf(prompts('query'));
    const [plain, other] = [await embed(folderOf(), ['a b']), await embed(folderOf(), ['b a b'])];
    expect(await embed(folder, ['a b'], { prompt: '' })).toEqual(plain);
    expect(await embed(folder, ['a b'], { prompt: 'other' })).toEqual(other);
    expect(await embed(folder, ['a b'], { prompt: 'b ' })).toEqual(other);
    expect(await embed(`${folder}?prompt=other`, ['a b'])).toEqual(other);
  });
  it('is recorded in the id, the description and the fingerprint', async () => {
    const folder = folderOf(prompts('query'));
    const open = async (prompt?: string): Promise<Encoder> => {
      const encoder = await openEncoder(`onnx:${folder}`, prompt === undefined ? {} : { prompt });
      await encoder.close();
      return encoder;
    };
    const [standard, none, other] = [await open(), await open(''), await open('other')];
    expect([standard, none, other].map(({ description }) => description?.prompt)).toEqual(['q: ', '', 'b ']);
    expect(other.id).toBe(`onnx:${folder}?prompt=other`);
    expect(new Set([standard, none, other].map(({ fingerprint }) => fingerprint)).size).toBe(3);
  });
  it('refuses a default that is not among the prompts', async () => {
    await expect(openEncoder(`onnx:${folderOf(prompts('missing'))}`)).rejects.toThrow(
      /default prompt missing and has no such/,
    );
  });
});

describe('length', () => {
  it('is cut at max_seq_length, the prompt included, and the cut texts are counted', async () => {
    const folder = folderOf({ 'sentence_bert_config.json': '{"max_seq_length":4}' });
    const encoder = await openEncoder(`onnx:${folder}`);
    const matrix = await encoder.embed(['a b a a', 'a b']);
    expect(encoder.truncated).toBe(1);
    expect([...rowOf(matrix, 0)]).toEqual([...rowOf(matrix, 1)]);
    await encoder.close();
  });
  it('lets texts be put in lower case', async () => {
    const folder = folderOf({ 'sentence_bert_config.json': '{"do_lower_case":true}' });
    expect(await embed(folder, ['A b'])).toEqual(await embed(folderOf(), ['a b']));
  });
});

describe('external data', () => {
  it('is read and part of the fingerprint, whatever its name', async () => {
    const { model, table } = tinyModel('weights.bin');
    const folder = folderOf({ 'onnx/model.onnx': model, 'onnx/weights.bin': table });
    const first = await openEncoder(`onnx:${folder}`);
    await first.close();
    expect(await embed(folder, ['a b'])).toEqual(await embed(folderOf(), ['a b']));
    writeFileSync(
      join(folder, 'onnx/weights.bin'),
      table.map((byte) => byte ^ 1),
    );
    const second = await openEncoder(`onnx:${folder}`);
    await second.close();
    expect(second.fingerprint).not.toBe(first.fingerprint);
  });
  it('is read through the links of a hub cache', async () => {
    const { model, table } = tinyModel('weights.bin');
    const folder = folderWith({ 'blobs/a1': model, 'blobs/b2': table, 'snapshots/c/tokenizer.json': TOKENIZER });
    mkdirSync(join(folder, 'snapshots/c/onnx'));
    symlinkSync('../../../blobs/a1', join(folder, 'snapshots/c/onnx/model.onnx'));
    symlinkSync('../../../blobs/b2', join(folder, 'snapshots/c/onnx/weights.bin'));
    expect(await embed(join(folder, 'snapshots/c'), ['a b'])).toEqual(await embed(folderOf(), ['a b']));
  });
  it('is missed by name', async () => {
    const { model } = tinyModel('weights.bin');
    await expect(openEncoder(`onnx:${folderOf({ 'onnx/model.onnx': model })}`)).rejects.toThrow(
      /tensors in weights\.bin, which/,
    );
  });
});
