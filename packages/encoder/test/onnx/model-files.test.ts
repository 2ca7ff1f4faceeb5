import { describe, expect, it } from '@jest/globals';
import { openModelSource } from '@mixture-of-personas/models';
import { openEncoder } from '../../src/index.js';
import { readModelFiles, type ModelFiles } from '../../src/onnx/model-files.js';
import { folderWith } from '../temporary-folder.js';
import { tinyModel } from './tiny-model.js';

const { model } = tinyModel();
const files = { 'onnx/model_quantized.onnx': model, 'tokenizer.json': '{"a":1}' };
type Content = Record<string, string | Uint8Array>;
const readFiles = async (content: Content, file?: string): Promise<ModelFiles> => {
  const folder = folderWith(content);
  return readModelFiles(await openModelSource(folder), { model: folder, ...(file !== undefined && { file }) });
};

const tokenizer = JSON.stringify({
  model: { type: 'WordPiece', vocab: { a: 0 }, unk_token: 'a' },
  pre_tokenizer: null,
  normalizer: null,
  post_processor: null,
  decoder: { type: 'WordPiece', prefix: '##' },
  added_tokens: [],
});

describe('readModelFiles', () => {
  it('falls back to mean pooling and cuts nothing', async () => {
    expect(await readFiles(files)).toMatchObject({ modules: { pooling: ['mean'], after: [] }, maxTokens: Infinity });
  });
  it('takes pooling and length from the files that state them', async () => {
    const stated = await readFiles({
      ...files,
      '1_Pooling/config.json': '{"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false}',
      'sentence_bert_config.json': '{"max_seq_length":384}',
      'tokenizer_config.json': '{"model_max_length":512}',
    });
    expect(stated).toMatchObject({ modules: { pooling: ['cls'] }, maxTokens: 384 });
  });
  it("takes the smaller of the tokenizer's and the model's length where none is stated", async () => {
    const lengths = {
      'tokenizer_config.json': '{"model_max_length":512}',
      'config.json': '{"max_position_embeddings":128}',
    };
    expect(await readFiles({ ...files, ...lengths })).toMatchObject({ maxTokens: 128 });
    const unlimited = { 'tokenizer_config.json': '{"model_max_length":1e30}' };
    expect(await readFiles({ ...files, ...unlimited })).toMatchObject({ maxTokens: Infinity });
  });
  it('prefers full precision, and a named file to that', async () => {
    const both = { ...files, 'onnx/model.onnx': model };
    expect((await readFiles(both)).weights).toMatch(/onnx.model\.onnx$/);
    expect((await readFiles(both, 'onnx/model_quantized.onnx')).weights).toMatch(/model_quantized\.onnx$/);
  });
  it('reads a Transformer in a folder of its own', async () => {
    const modules = [
      { type: 'sentence_transformers.models.Transformer', path: '0_Transformer' },
      { type: 'sentence_transformers.models.Pooling', path: '1_Pooling' },
    ];
    const read = await readFiles({
      'onnx/model.onnx': model,
      'modules.json': JSON.stringify(modules),
      '0_Transformer/tokenizer.json': '{"b":1}',
    });
    expect(read.tokenizer).toEqual({ b: 1 });
  });
  it('fingerprints every file that changes a row, wherever the folder is', async () => {
    const of = async (more: Content): Promise<string> => (await readFiles({ ...files, ...more })).fingerprint;
    const first = await of({});
    expect(await of({})).toBe(first);
    expect(await of({ 'README.md': 'not read' })).toBe(first);
    const others = [
      { 'onnx/model_quantized.onnx': tinyModel('t').model, 'onnx/t': 'tensors' },
      { 'onnx/model_quantized.onnx': tinyModel('t').model, 'onnx/t': 'others' },
      { 'tokenizer.json': '{"a":2}' },
      { 'tokenizer_config.json': '{}' },
      { 'sentence_bert_config.json': '{"max_seq_length":64}' },
      { '1_Pooling/config.json': '{"pooling_mode":"cls"}' },
      {
        'modules.json':
          '[{"type":"sentence_transformers.models.Transformer","path":""},{"type":"sentence_transformers.models.Pooling","path":"p"}]',
      },
      { 'config_sentence_transformers.json': '{"prompts":{"q":"query: "},"default_prompt_name":"q"}' },
      { 'config.json': '{"max_position_embeddings":9}' },
    ];
    expect(new Set([first, ...(await Promise.all(others.map(of)))]).size).toBe(1 + others.length);
  });
});

describe('a folder that cannot be used is refused in one sentence', () => {
  it.each<[string, Content, RegExp]>([
    ['without ONNX files', { 'config.json': '{}' }, /has no ONNX files: expected onnx\/model\.onnx/],
    ['without a tokenizer', { 'onnx/model.onnx': model }, /has no tokenizer\.json/],
    ['with a broken tokenizer', { ...files, 'tokenizer.json': '{' }, /tokenizer\.json is not valid JSON/],
    ['with a tokenizer that is no object', { ...files, 'tokenizer.json': '3' }, /is not a JSON object/],
    ['with a tokenizer of another kind', files, /tokenizer\.json cannot be used \(Tokenizer must contain/],
    [
      'with broken weights',
      { 'onnx/model.onnx': 'broken', 'tokenizer.json': tokenizer },
      /model\.onnx is not an ONNX model/,
    ],
    [
      'with weights that cannot run',
      { 'onnx/model.onnx': new Uint8Array(), 'tokenizer.json': tokenizer },
      /model\.onnx could not be loaded/,
    ],
  ])('%s', async (_, content, message) => {
    const opening = openEncoder({ kind: 'onnx', model: folderWith(content) });
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toMatchObject({ name: 'ModelError' });
  });
  it('that does not hold the file named, listing what it has', async () => {
    await expect(readFiles(files, 'model_q4.onnx')).rejects.toThrow(
      /has no model_q4\.onnx; it has model_quantized\.onnx/,
    );
  });
  it('that has several files, none with a usual name', async () => {
    await expect(readFiles({ 'tokenizer.json': '{}', 'onnx/a.onnx': '', 'onnx/b.onnx': '' })).rejects.toThrow(
      /several ONNX files and none has a usual name; it has a\.onnx, b\.onnx/,
    );
  });
  it('that does not exist', async () => {
    await expect(openEncoder('onnx:/no/such/folder')).rejects.toThrow(/No model folder at \/no\/such\/folder/);
  });
});
