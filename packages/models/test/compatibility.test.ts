import { afterEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { MopError } from '@mixture-of-personas/numeric';
import {
  externalDataFiles,
  hubCacheFolder,
  lengthDelimited,
  openFastTokenizer,
  openModelSource,
  textField,
  type JsonObject,
} from '../src/index.js';
import { cleanEnvironment, partIsKept } from './hub/environment.js';
import { COMMIT, startHub, type FakeHub, type FakeHubOptions } from './hub/fake-hub.js';
import { startProxy } from './hub/proxy.js';
import { temporaryFolder } from './temporary-folder.js';

/** The table that docs/compatibility.md prints; `MOP_REFRESH=1` writes it again. */
const TABLE = fileURLToPath(new URL('../../../docs/compatibility/models.json', import.meta.url));

interface Row {
  readonly kind: string;
  readonly case: string;
  /** `works`, or `refused: ` and the sentence. */
  readonly result: string;
  readonly reference: string;
}
type Work = () => Promise<void>;
interface Case extends Omit<Row, 'result'> {
  readonly expected: 'works' | 'refused';
  /** Compares with the reference, or throws the refusal. */
  readonly work: Work;
}
const of =
  (kind: string, reference: string) =>
  (expected: Case['expected'], name: string, work: Work): Case => ({ kind, case: name, expected, reference, work });

cleanEnvironment();
let hub: FakeHub | undefined;
afterEach(() => hub?.close());

const MODEL = 'org/mini';
const WEIGHTS = Array.from({ length: 5000 }, (_, i) => String.fromCharCode(97 + ((i * 7) % 26))).join('');
const SHA256 = createHash('sha256').update(WEIGHTS).digest('hex');
async function start(options: Partial<FakeHubOptions> = {}): Promise<FakeHub> {
  hub = await startHub({ files: { 'config.json': '{"a":1}', 'onnx/model.onnx': WEIGHTS }, ...options });
  process.env['HF_ENDPOINT'] = hub.url;
  return hub;
}
const BROKEN = { breakAfter: 2000, mayBreak: () => partIsKept(2000) };
/** Reads both files of the model, and one that it lacks. */
async function readModel(name = MODEL): Promise<string | undefined> {
  const source = await openModelSource(name);
  const paths = [await source.find('config.json'), await source.find('onnx/model.onnx')];
  expect(paths.map((path) => readFileSync(path ?? '', 'utf8'))).toEqual(['{"a":1}', WEIGHTS]);
  expect(await source.find('absent.json')).toBeUndefined();
  return source.commit;
}
/** Reads the model, and says what the proxy was asked. */
async function readBehindProxy(): Promise<readonly string[]> {
  const proxy = await startProxy();
  process.env['HTTP_PROXY'] = proxy.url;
  try {
    await readModel();
  } finally {
    await proxy.close();
  }
  return proxy.asked;
}
/** A snapshot as Python leaves it, in a cache folder. */
async function readSnapshot(cache: string): Promise<void> {
  const model = join(cache, 'models--org--mini');
  const files = { 'refs/main': COMMIT, [`snapshots/${COMMIT}/config.json`]: 'from Python' };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(model, name)), { recursive: true });
    writeFileSync(join(model, name), content);
  }
  process.env['HF_HUB_OFFLINE'] = '1';
  const source = await openModelSource(MODEL);
  expect(readFileSync((await source.find('config.json')) ?? '', 'utf8')).toBe('from Python');
}
const hubCase = of('hub', 'huggingface_hub (cache layout and environment variables)');
const HUB: readonly Case[] = [
  hubCase('works', 'HF_ENDPOINT, a hub', async () => {
    await start();
    expect(await readModel()).toBe(COMMIT);
  }),
  hubCase('works', 'HF_ENDPOINT, a mirror that only sends files', async () => {
    await start({ plain: true });
    expect(await readModel()).toBe('main');
  }),
  hubCase('works', 'references, snapshots and blobs in the cache', async () => {
    await start();
    await readModel();
    const model = join(hubCacheFolder(), 'models--org--mini');
    expect(readFileSync(join(model, 'refs/main'), 'utf8')).toBe(COMMIT);
    const link = readlinkSync(join(model, 'snapshots', COMMIT, 'onnx/model.onnx'));
    expect(link).toBe(`../../../blobs/${SHA256}`);
    expect(readFileSync(join(model, 'blobs', SHA256), 'utf8')).toBe(WEIGHTS);
  }),
  hubCase('works', 'a private model with HF_TOKEN', async () => {
    await start({ token: 'hf_secret' });
    process.env['HF_TOKEN'] = 'hf_secret';
    await readModel();
  }),
  hubCase('refused', 'a private model without HF_TOKEN', async () => {
    await start({ token: 'hf_secret' });
    await readModel();
  }),
  hubCase('works', 'HF_HOME and HF_HUB_OFFLINE, a model that Python has downloaded', () =>
    readSnapshot(join(process.env['HF_HOME'] ?? '', 'hub')),
  ),
  hubCase('works', 'HF_HUB_CACHE and HF_HUB_OFFLINE, a model that Python has downloaded', () =>
    readSnapshot((process.env['HF_HUB_CACHE'] = temporaryFolder())),
  ),
  hubCase('refused', 'HF_HUB_OFFLINE, a model that is not there', async () => {
    process.env['HF_HUB_OFFLINE'] = '1';
    await readModel();
  }),
  hubCase('works', 'HTTP_PROXY', async () => {
    const { url } = await start();
    const asked = await readBehindProxy();
    expect(asked.some((request) => request.includes(new URL(url).host))).toBe(true);
  }),
  hubCase('works', 'NO_PROXY', async () => {
    await start();
    process.env['NO_PROXY'] = '127.0.0.1';
    expect(await readBehindProxy()).toEqual([]);
  }),
  hubCase('works', 'a branch or tag', async () => {
    const { asked } = await start();
    expect(await readModel(`${MODEL}@v1`)).toBe(COMMIT);
    expect(asked[0]).toMatch(/revision\/v1/);
  }),
  hubCase('refused', 'a branch or tag that is not there', async () => {
    await start();
    await readModel(`${MODEL}@v2`);
  }),
  hubCase('refused', 'a download that broke off, the first time', async () => {
    await start(BROKEN);
    await readModel();
  }),
  hubCase('works', 'a download that broke off, the second time', async () => {
    const { asked } = await start(BROKEN);
    await expect(readModel()).rejects.toThrow(/could not be downloaded/);
    await readModel();
    expect(asked.some((request) => /bytes=[1-9]\d*-4999/.test(request))).toBe(true);
  }),
  hubCase('refused', 'bytes that are not those announced', async () => {
    await start();
    const blobs = join(hubCacheFolder(), 'models--org--mini/blobs');
    mkdirSync(blobs, { recursive: true });
    writeFileSync(join(blobs, `${SHA256}.incomplete`), 'x'.repeat(WEIGHTS.length));
    await readModel();
  }),
];

interface Golden {
  readonly tokenizer: JsonObject;
  readonly texts: readonly string[];
  readonly ids: readonly (readonly number[])[];
}
const golden = JSON.parse(
  gunzipSync(readFileSync(new URL('tokenizer/unigram.json.gz', import.meta.url))).toString(),
) as Golden;
/** Opens the tokenizer with a change, and compares the ids of 1,000 strings. */
const tokenize = (change: object) => async (): Promise<void> => {
  const tokenizer = await openFastTokenizer({ ...golden.tokenizer, ...change }, {});
  expect(golden.texts).toHaveLength(1000);
  expect(golden.texts.map((text) => tokenizer.encode(text).ids)).toEqual(golden.ids);
};
const flags = { normalized: true, special: false, single_word: false, lstrip: false, rstrip: false };
const unigram = of('Unigram tokenizer', 'tokenizers 0.21.0 (Python)');
const TOKENIZERS: readonly Case[] = [
  unigram('works', 'a map that folds case and applies NFKC, 1,000 strings', tokenize({})),
  unigram(
    'refused',
    'byte fallback',
    tokenize({ model: { ...(golden.tokenizer['model'] as object), byte_fallback: true } }),
  ),
  unigram(
    'refused',
    'an added token that the map changes',
    tokenize({ added_tokens: [{ id: 4, content: 'ＡＢ', ...flags }] }),
  ),
  unigram('refused', 'a damaged map', tokenize({ normalizer: { type: 'Precompiled', precompiled_charsmap: 'AAAA' } })),
];

const tensor = (field: number, location: string): Uint8Array =>
  lengthDelimited(field, [lengthDelimited(13, [textField(1, 'location'), textField(2, location)])]);
const named = (graph: readonly Uint8Array[], names: readonly string[]) => async (): Promise<void> => {
  const path = join(temporaryFolder(), 'model.onnx');
  writeFileSync(path, lengthDelimited(7, graph));
  expect(await externalDataFiles(path)).toEqual(names);
};
const node = (...attribute: readonly Uint8Array[]): Uint8Array =>
  lengthDelimited(1, [textField(4, 'If'), lengthDelimited(5, attribute)]);
const external = of('files of an ONNX graph', 'onnx.proto');
const GRAPHS: readonly Case[] = [
  external('works', 'one file a tensor', named([tensor(5, 'a'), tensor(5, 'b')], ['a', 'b'])),
  external(
    'works',
    'tensors of constants and subgraphs',
    named([node(tensor(5, 'a')), node(lengthDelimited(6, [tensor(5, 'b')]))], ['a', 'b']),
  ),
  external('refused', "outside the model's folder", named([tensor(5, '../a')], [])),
];

async function resultOf(work: Work): Promise<string> {
  try {
    await work();
    return 'works';
  } catch (error) {
    if (!(error instanceof MopError)) throw error;
    // Ports and folders differ from run to run, the words for a broken connection from Node to Node.
    return `refused: ${error.message}`
      .replaceAll(hub?.url ?? '\0', 'HF_ENDPOINT')
      .replaceAll(process.env['HF_HOME'] ?? '\0', 'HF_HOME')
      .replace(/(?<=could not be downloaded )\((?!.*checksum)[^)]*\)/, '(the connection broke)');
  }
}

const CASES = [...HUB, ...TOKENIZERS, ...GRAPHS];
const rows: Row[] = [];

describe('models of many programs', () => {
  it.each(CASES.map((each) => [`${each.kind}: ${each.case}`, each] as const))('%s', async (_, each) => {
    const result = await resultOf(each.work);
    rows.push({ kind: each.kind, case: each.case, result, reference: each.reference });
    expect(result).toMatch(each.expected === 'works' ? /^works$/ : /^refused: /);
  });
});

describe('docs/compatibility/models.json', () => {
  it('has a row for each case above, with what became of it', () => {
    expect(rows).toHaveLength(CASES.length);
    if (process.env['MOP_REFRESH'] === '1') writeFileSync(TABLE, `${JSON.stringify(rows, null, 2)}\n`);
    expect(rows).toEqual(JSON.parse(readFileSync(TABLE, 'utf8')));
  });
});
