// Two other clients of the hub: what transformers.js downloads is what this package does, and why @huggingface/hub's own cache is not used.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { downloadFileToCacheDir } from '@huggingface/hub';
import { openModelSource } from '../../src/index.js';
import { temporaryFolder } from '../temporary-folder.js';
import { startHub, type FakeHub, type FakeHubOptions } from './fake-hub.js';

const TOKENIZER = JSON.stringify({
  version: '1.0',
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
  model: { type: 'BPE', vocab: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`t${i}`, i])), merges: [] },
});
const FILES = { 'tokenizer.json': TOKENIZER, 'tokenizer_config.json': '{"tokenizer_class":"PreTrainedTokenizerFast"}' };

let hub: FakeHub | undefined;
const endpoint = process.env['HF_ENDPOINT'];
beforeEach(() => {
  jest.spyOn(console, 'debug').mockReturnValue(undefined);
});
afterEach(async () => {
  if (endpoint === undefined) delete process.env['HF_ENDPOINT'];
  else process.env['HF_ENDPOINT'] = endpoint;
  await hub?.close();
});
async function start(options: Partial<FakeHubOptions> = {}): Promise<FakeHub> {
  hub = await startHub({ files: FILES, ...options });
  process.env['HF_ENDPOINT'] = hub.url;
  return hub;
}

describe('transformers.js', () => {
  it('downloads the same bytes, into a layout of its own', async () => {
    const { url } = await start();
    const { AutoTokenizer, env } = await import('@huggingface/transformers');
    const cache = temporaryFolder();
    env.remoteHost = `${url}/`;
    await AutoTokenizer.from_pretrained('org/mini', { cache_dir: cache });
    const source = await openModelSource('org/mini', { cacheFolder: temporaryFolder() });
    for (const name of Object.keys(FILES)) {
      const path = await source.find(name);
      expect(readFileSync(path ?? '', 'utf8')).toBe(readFileSync(join(cache, 'org/mini', name), 'utf8'));
    }
  });
});

describe("@huggingface/hub's own cache", () => {
  const download = (url: string): Promise<string> =>
    downloadFileToCacheDir({ repo: 'org/mini', path: 'tokenizer.json', hubUrl: url, cacheDir: temporaryFolder() });
  it('asks plain mirrors for what they lack, and this package does not', async () => {
    const { url } = await start({ plain: true });
    await expect(download(url)).rejects.toThrow(/404|paths-info/);
    const source = await openModelSource('org/mini', { cacheFolder: temporaryFolder() });
    expect(readFileSync((await source.find('tokenizer.json')) ?? '', 'utf8')).toBe(TOKENIZER);
  });
});
