// Where texts begin and how completions are cut, on small tokenizers made up in the manner of real ones.
import { describe, expect, it } from '@jest/globals';
import { CONFIG, open, SPECIALS, turns, type MadeUp } from './made-up.js';

const user = { role: 'user', content: 'Hi' } as const;
const POST = (...parts: object[]): object => ({
  type: 'TemplateProcessing',
  single: parts,
  pair: [],
  special_tokens: { '<s>': { id: '<s>', ids: [200], tokens: ['<s>'] } },
});
const BOS = POST({ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } });
const NO_BOS = POST({ Sequence: { id: 'A', type_id: 0 } });

describe('the beginning of a text', () => {
  it.each([
    ['added where the post-processor adds it', { steps: { post_processor: BOS } }, 'ab', [200]],
    ['not added again where the text has it', { steps: { post_processor: BOS } }, '<s>ab', [200]],
    ['added where the config says so', { config: { ...CONFIG, add_bos_token: true } }, 'ab', [200]],
    [
      'left out where the config says so',
      { steps: { post_processor: BOS }, config: { ...CONFIG, add_bos_token: false } },
      'ab',
      [],
    ],
    ['left out where nothing adds it', { steps: { post_processor: NO_BOS } }, 'ab', []],
  ])('is %s', async (_, options, text, before) => {
    const tokenizer = await open(turns('<|close|>'), options);
    expect([...tokenizer.encodePrompt({ text })]).toEqual([...before, ...tokenizer.encode('ab')]);
  });

  it('is what the template writes in a chat, once', async () => {
    const tokenizer = await open(`{{ bos_token }}${turns('<|close|>')}`, { steps: { post_processor: BOS } });
    expect([...tokenizer.encodePrompt({ messages: [user] })].filter((id) => id === 200)).toEqual([200]);
    expect(tokenizer.withoutBeginning('<s>x')).toBe('x');
  });
});

describe('a completion', () => {
  const ids = async (prompt: string, completion: string, options: MadeUp = {}): Promise<string[]> => {
    const tokenizer = await open(undefined, options);
    const prepared = tokenizer.prepare({ text: prompt });
    return [...tokenizer.encodeCompletion(prepared, completion, false)].map((id) => tokenizer.decodeAll([id]));
  };
  const sentencePiece: MadeUp = {
    tokens: ['\u2581', '\u2581y', '<0x0A>', '<0xC3>', '<0xA9>'],
    model: { byte_fallback: true, fuse_unk: true, merges: ['\u2581 y'] },
    steps: {
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'Prepend', prepend: '\u2581' },
          { type: 'Replace', pattern: { String: ' ' }, content: '\u2581' },
        ],
      },
      decoder: {
        type: 'Sequence',
        decoders: [
          { type: 'Replace', pattern: { String: '\u2581' }, content: ' ' },
          { type: 'ByteFallback' },
          { type: 'Fuse' },
          { type: 'Strip', content: ' ', start: 1, stop: 0 },
        ],
      },
    },
  };

  it('has no prefix space that its text has not, and its own space where it has', async () => {
    const tokenizer = await open(undefined, sentencePiece);
    const prompt = tokenizer.prepare({ text: 'Say' });
    const space = tokenizer.encode('')[0] ?? tokenizer.encode(' y')[0];
    const [bare, spaced] = ['yes', ' yes'].map((text) => [...tokenizer.encodeCompletion(prompt, text, false)]);
    expect([bare.length, bare.includes(space)]).toEqual([3, false]);
    expect([spaced.length, tokenizer.decodeAll([...prompt.ids, ...spaced])]).toEqual([3, 'Say yes']);
  });

  it('has the prefix space that the tokenizer puts after a special token, as in transformers (Phi-3)', async () => {
    const specials = [...SPECIALS.slice(0, 4), { content: '<|close|>', rstrip: true }];
    const tokenizer = await open(undefined, { ...sentencePiece, specials });
    const prompt = tokenizer.prepare({ text: 'Say<|close|>\n' });
    const [together, after] = [
      [...tokenizer.encode('Say<|close|>\nyes')],
      [...tokenizer.encodeCompletion(prompt, 'yes', false)],
    ];
    expect([...prompt.ids, ...after]).toEqual(together);
    expect(tokenizer.decodeAll(together)).toBe('Say<|close|> yes');
  });

  it('of characters that are no tokens is their bytes', async () => {
    const tokenizer = await open(undefined, sentencePiece);
    const prompt = tokenizer.prepare({ text: 'Say' });
    const after = [...tokenizer.encodeCompletion(prompt, '\u00e9', false)];
    expect([after.length, tokenizer.decodeAll([...prompt.ids, ...after])]).toEqual([2, 'Say\u00e9']);
  });

  it('is cut where its prompt ends, and tokenized alone where a token spans the border', async () => {
    expect(await ids('ab', 'cd', { joins: ['bc', 'cd'] })).toEqual(['cd']);
    expect(await ids('ab', 'cd', { joins: ['bc'] })).toEqual(['c', 'd']);
  });

  it('keeps white space that a special token before it takes away', async () => {
    const specials = [...SPECIALS.slice(0, 4), { content: '<|close|>', rstrip: true }];
    expect((await ids('ab<|close|>', ' cd', { specials })).join('')).toBe(' cd');
  });

  it('is refused where no tokens stand for it', async () => {
    // No text may begin a line here, so a completion cannot be told from the prompt it joins.
    const steps = { normalizer: { type: 'Replace', pattern: { Regex: '^c|\\nc' }, content: 'x' } };
    await expect(ids('ab', 'cd', { steps, joins: ['bc'] })).rejects.toMatchObject({ code: 'joined-tokens' });
  });
});
