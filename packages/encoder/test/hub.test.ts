import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf } from '../src/hub.js';
import { folderWith } from './temporary-folder.js';

const repository: Record<string, string> = {
  'config.json': '{}',
  'tokenizer.json': '{}',
  'onnx/model.onnx': 'weights',
};

function hub(files: Record<string, string>): { fetch: typeof globalThis.fetch; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    fetch: (url) => {
      const name = String(url instanceof Request ? url.url : url).replace(
        'https://huggingface.co/org/mini/resolve/main/',
        '',
      );
      asked.push(name);
      return Promise.resolve(name in files ? new Response(files[name]) : new Response('no', { status: 404 }));
    },
  };
}

describe('folderOf', () => {
  it('is the folder itself when it exists', async () => {
    const folder = folderWith();
    expect(await folderOf({ model: folder }, {})).toBe(folder);
  });
  it('downloads a hub model once, the files it can do without included', async () => {
    const cacheFolder = folderWith();
    const first = hub(repository);
    const folder = await folderOf({ model: 'org/mini' }, { cacheFolder, fetch: first.fetch });
    expect(folder).toBe(join(cacheFolder, 'org', 'mini'));
    expect(readFileSync(join(folder, 'onnx/model.onnx'), 'utf8')).toBe('weights');
    expect(first.asked).toContain('1_Pooling/config.json');
    const second = hub(repository);
    expect(await folderOf({ model: 'org/mini' }, { cacheFolder, fetch: second.fetch, download: false })).toBe(folder);
    expect(second.asked).toEqual([]);
  });
  it('names a file that the repository lacks, and keeps nothing that looks whole', async () => {
    const cacheFolder = folderWith();
    const { fetch } = hub({ 'config.json': '{}' });
    await expect(folderOf({ model: 'org/mini' }, { cacheFolder, fetch })).rejects.toThrow(
      /the hub answered 404 for .*tokenizer\.json/,
    );
    expect(existsSync(join(cacheFolder, 'org/mini/tokenizer.json'))).toBe(false);
  });
  it('leaves no file behind when the connection breaks half-way', async () => {
    const cacheFolder = folderWith();
    const broken: typeof globalThis.fetch = () => {
      const body = new ReadableStream({
        start: (controller) => {
          controller.enqueue(new TextEncoder().encode('{"half":'));
          controller.error(new Error('connection lost'));
        },
      });
      return Promise.resolve(new Response(body));
    };
    await expect(folderOf({ model: 'org/mini' }, { cacheFolder, fetch: broken })).rejects.toThrow(/connection lost/);
    expect(existsSync(join(cacheFolder, 'org/mini/config.json'))).toBe(false);
  });
  it('says that it is neither a folder nor reachable', async () => {
    const fetch = () => Promise.reject(new Error('no network'));
    await expect(folderOf({ model: 'org/mini' }, { cacheFolder: folderWith(), fetch })).rejects.toThrow(
      /no folder org\/mini here.*no network/,
    );
    await expect(folderOf({ model: 'org/mini' }, { cacheFolder: folderWith(), download: false })).rejects.toThrow(
      /neither a folder org\/mini/,
    );
  });
});
