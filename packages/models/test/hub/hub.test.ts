import { afterEach, describe, expect, it } from '@jest/globals';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hubCacheFolder, openModelSource } from '../../src/index.js';
import { temporaryFolder } from '../temporary-folder.js';
import { cleanEnvironment, partIsKept } from './environment.js';
import { COMMIT, startHub, type FakeHub, type FakeHubOptions } from './fake-hub.js';
import { startProxy } from './proxy.js';

const WEIGHTS = Array.from({ length: 5000 }, (_, i) => String.fromCharCode(97 + ((i * 7) % 26))).join('');
const FILES = { 'config.json': '{"a":1}', 'tokenizer.json': '{}', 'empty.txt': '', 'onnx/model.onnx': WEIGHTS };

cleanEnvironment();
let hub: FakeHub | undefined;
afterEach(() => hub?.close());

async function start(options: Partial<FakeHubOptions> = {}): Promise<FakeHub> {
  hub = await startHub({ files: FILES, ...options });
  process.env['HF_ENDPOINT'] = hub.url;
  return hub;
}
const textOf = (path: string | undefined): string => (path === undefined ? 'absent' : readFileSync(path, 'utf8'));

describe('a folder', () => {
  it('gives its own files', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'config.json'), '{}');
    const source = await openModelSource(folder);
    expect([await source.find('config.json'), await source.find('other')]).toEqual([
      join(folder, 'config.json'),
      undefined,
    ]);
  });
  it.each(['/no/such/folder', 'name', 'a/b/c', 'org/mini@../../x'])('%s is missed', async (name) => {
    await expect(openModelSource(name)).rejects.toMatchObject({ code: 'folder-missing' });
  });
});

describe('a hub model', () => {
  it('lies in the layout of the Python huggingface_hub', async () => {
    await start();
    const source = await openModelSource('org/mini');
    expect(textOf(await source.find('onnx/model.onnx'))).toBe(WEIGHTS);
    expect(textOf(await source.find('config.json'))).toBe('{"a":1}');
    expect(textOf(await source.find('empty.txt'))).toBe('');
    expect(await source.find('modules.json')).toBeUndefined();
    const model = join(process.env['HF_HOME'] ?? '', 'hub', 'models--org--mini');
    expect(hubCacheFolder()).toBe(join(model, '..'));
    expect(textOf(join(model, 'refs/main'))).toBe(COMMIT);
    expect(source).toMatchObject({ commit: COMMIT, folder: join(model, 'snapshots', COMMIT) });
    const path = join(model, 'snapshots', COMMIT, 'onnx/model.onnx');
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(
      readdirSync(join(model, 'blobs'))
        .map((name) => name.length)
        .sort(),
    ).toEqual([40, 40, 64]);
    expect(existsSync(join(model, '.no_exist', COMMIT, 'modules.json'))).toBe(true);
  });
  it('is fetched once, files that it lacks included', async () => {
    const { asked } = await start();
    for (let i = 0; i < 2; i++) {
      const source = await openModelSource('org/mini');
      for (const name of ['onnx/model.onnx', 'config.json', 'absent.json']) await source.find(name);
    }
    expect(asked.filter((request) => request.includes('config.json'))).toHaveLength(2);
    expect(asked.filter((request) => request.includes('absent.json'))).toHaveLength(1);
    process.env['HF_HUB_OFFLINE'] = '1';
    const count = asked.length;
    const source = await openModelSource('org/mini');
    expect(textOf(await source.find('config.json'))).toBe('{"a":1}');
    expect(await source.find('tokenizer.json')).toBeUndefined();
    expect(asked).toHaveLength(count);
  });
  it('downloaded by Python is found without the network', async () => {
    const snapshot = join(hubCacheFolder(), 'models--org--mini', 'snapshots', COMMIT);
    mkdirSync(snapshot, { recursive: true });
    mkdirSync(join(snapshot, '../../refs'));
    writeFileSync(join(snapshot, '../../refs/main'), COMMIT);
    writeFileSync(join(snapshot, 'config.json'), 'from Python');
    const source = await openModelSource('org/mini', { download: false });
    expect(textOf(await source.find('config.json'))).toBe('from Python');
  });
  it('is read at the revision named', async () => {
    const { asked } = await start();
    const source = await openModelSource('org/mini@v1');
    await source.find('config.json');
    expect(source.commit).toBe(COMMIT);
    expect(asked[0]).toMatch(/revision\/v1/);
    expect(asked[1]).toContain(`/resolve/${COMMIT}/config.json`);
    await expect(openModelSource('org/mini@v2')).rejects.toThrow(/knows no model org\/mini with a revision v2 \(404\)/);
  });
  it('continues a download that broke off, and checks it', async () => {
    const { asked } = await start({ breakAfter: 2000, mayBreak: () => partIsKept(2000) });
    const source = await openModelSource('org/mini');
    await expect(source.find('onnx/model.onnx')).rejects.toThrow(
      /could not be downloaded .*Run again: the download continues/,
    );
    const again = await openModelSource('org/mini');
    expect(textOf(await again.find('onnx/model.onnx'))).toBe(WEIGHTS);
    expect(asked.some((request) => /bytes=[1-9]\d*-4999/.test(request))).toBe(true);
  });
  it('is not believed where the bytes are not those announced', async () => {
    await start();
    const blobs = join(hubCacheFolder(), 'models--org--mini', 'blobs');
    const source = await openModelSource('org/mini');
    await source.find('config.json');
    // What another program left beside the blob: right in length, wrong in content.
    const [name = ''] = /[0-9a-f]{64}/.exec(await etagAsked()) ?? [];
    writeFileSync(join(blobs, `${name}.incomplete`), 'x'.repeat(5000));
    await expect(source.find('onnx/model.onnx')).rejects.toThrow(/checksum is not the one announced/);
    expect(textOf(await source.find('onnx/model.onnx'))).toBe(WEIGHTS);
  });
  it('needs a token where it is private, which goes to the hub alone', async () => {
    const { asked } = await start({ token: 'hf_secret' });
    await expect(openModelSource('org/mini')).rejects.toThrow(/The hub refused .*\(401\).*HF_TOKEN/);
    process.env['HF_TOKEN'] = 'hf_secret';
    const source = await openModelSource('org/mini');
    expect(textOf(await source.find('onnx/model.onnx'))).toBe(WEIGHTS);
    const storage = asked.filter((request) => request.startsWith('STORAGE'));
    expect(new Set(storage)).toEqual(new Set(['STORAGE no token']));
  });
  it('names the address that could not be reached, and says what to do without a network', async () => {
    process.env['HF_ENDPOINT'] = 'http://127.0.0.1:9';
    await expect(openModelSource('org/mini')).rejects.toThrow(
      /127\.0\.0\.1:9.* could not be reached .*HF_HUB_OFFLINE=1/,
    );
    await expect(openModelSource('org/mini', { download: false })).rejects.toThrow(/neither a folder org\/mini here/);
  });
});

async function etagAsked(): Promise<string> {
  const response = await fetch(`${hub?.url}/org/mini/resolve/main/onnx/model.onnx`, { redirect: 'manual' });
  return response.headers.get('x-linked-etag') ?? '';
}

describe('a mirror that only sends files', () => {
  it('serves a model all the same', async () => {
    await start({ plain: true });
    const source = await openModelSource('org/mini');
    expect(source.commit).toBe('main');
    expect(textOf(await source.find('onnx/model.onnx'))).toBe(WEIGHTS);
    expect(textOf(await source.find('empty.txt'))).toBe('');
    expect(await source.find('absent')).toBeUndefined();
  });
  it('sends a broken file again from its first byte', async () => {
    await start({ plain: true, breakAfter: 2000 });
    await expect((await openModelSource('org/mini')).find('onnx/model.onnx')).rejects.toThrow(
      /could not be downloaded/,
    );
    expect(textOf(await (await openModelSource('org/mini')).find('onnx/model.onnx'))).toBe(WEIGHTS);
  });
});

describe('a proxy', () => {
  it('is used where the environment names it, but for the hosts of NO_PROXY', async () => {
    const { url } = await start();
    const { asked, ...proxy } = await startProxy();
    process.env['HTTP_PROXY'] = proxy.url;
    const source = await openModelSource('org/mini');
    expect(textOf(await source.find('onnx/model.onnx'))).toBe(WEIGHTS);
    expect(asked.some((request) => request.includes(new URL(url).host))).toBe(true);
    const count = asked.length;
    process.env['NO_PROXY'] = '127.0.0.1';
    expect(textOf(await (await openModelSource('org/mini')).find('tokenizer.json'))).toBe('{}');
    expect(asked).toHaveLength(count);
    await proxy.close();
  });
});
