// A sentence encoder small enough to compute by hand: a token's vector is row `id` of a table.
import { lengthDelimited, numberField, textField } from '@mixture-of-personas/models';

const COLS = 4;
/** Six rows of four numbers; token t's vector. */
export const TABLE: readonly (readonly number[])[] = [
  [0, 0, 0, 0],
  [1, -2, 0.5, 3],
  [-1, 4, 2, 0.25],
  [0.5, 0.5, -3, 1],
  [2, -1, 1, -0.5],
  [3, 1, 0, -2],
];
/** `[CLS] a b c [SEP]` and `query:`; every other word is `[UNK]`, 0. */
const VOCABULARY = { '[UNK]': 0, '[CLS]': 1, a: 2, b: 3, 'q:': 4, '[SEP]': 5 };

const FLOAT = 1;
const INT64 = 7;

const valueInfo = (field: number, name: string, type: number, sides: readonly string[]): Uint8Array => {
  const dims = sides.map((side) => lengthDelimited(1, [textField(2, side)]));
  const tensor = lengthDelimited(1, [numberField(1, type), lengthDelimited(2, dims)]);
  return lengthDelimited(field, [textField(1, name), lengthDelimited(2, [tensor])]);
};

/** Bytes of the ONNX file. @param location name of the file that holds the table, where it is not in the model */
export function tinyModel(location?: string): { readonly model: Uint8Array; readonly table: Uint8Array } {
  const table = new Uint8Array(Float32Array.from(TABLE.flat()).buffer);
  const data =
    location === undefined
      ? [lengthDelimited(9, [table])]
      : [lengthDelimited(13, [textField(1, 'location'), textField(2, location)]), numberField(14, 1)];
  const dims = [numberField(1, TABLE.length), numberField(1, COLS)];
  const graph = lengthDelimited(7, [
    lengthDelimited(1, [
      textField(1, 'table'),
      textField(1, 'input_ids'),
      textField(2, 'last_hidden_state'),
      textField(4, 'Gather'),
    ]),
    textField(2, 'g'),
    lengthDelimited(5, [...dims, numberField(2, FLOAT), textField(8, 'table'), ...data]),
    valueInfo(11, 'input_ids', INT64, ['b', 't']),
    valueInfo(12, 'last_hidden_state', FLOAT, ['b', 't', 'd']),
  ]);
  const opset = lengthDelimited(8, [textField(1, ''), numberField(2, 17)]);
  return { model: Uint8Array.from(Buffer.concat([numberField(1, 9), opset, graph])), table };
}

const special = (name: keyof typeof VOCABULARY) => ({
  id: VOCABULARY[name],
  content: name,
  special: true,
  normalized: false,
  single_word: false,
  lstrip: false,
  rstrip: false,
});

/** tokenizer.json: words at white space, `[CLS]` and `[SEP]` around them. */
export const TOKENIZER: string = JSON.stringify({
  added_tokens: [special('[CLS]'), special('[SEP]')],
  normalizer: null,
  pre_tokenizer: { type: 'WhitespaceSplit' },
  model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', vocab: VOCABULARY },
  decoder: null,
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [1], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [5], tokens: ['[SEP]'] },
    },
  },
});

/** Bytes of a safetensors file with float32 tensors. */
export function safetensors(
  tensors: Readonly<Record<string, { shape: number[]; data: readonly number[] }>>,
): Uint8Array {
  let at = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => {
      const data_offsets = [at, (at += 4 * data.length)];
      return [name, { dtype: 'F32', shape, data_offsets }];
    }),
  );
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const numbers = Float32Array.from(Object.values(tensors).flatMap(({ data }) => data));
  return Uint8Array.from(Buffer.concat([length, text, Buffer.from(numbers.buffer)]));
}

/** modules.json of a list of module types, such as `Pooling`; a module's folder is its position and name. */
export function modulesJson(...types: readonly string[]): string {
  return JSON.stringify(
    types.map((type, idx) => ({
      idx,
      name: String(idx),
      path: idx === 0 ? '' : `${idx}_${type}`,
      type: type.includes('.') ? type : `sentence_transformers.models.${type}`,
    })),
  );
}
