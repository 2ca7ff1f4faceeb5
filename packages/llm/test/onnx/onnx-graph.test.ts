import { describe, expect, it } from '@jest/globals';
import onnx from 'onnxruntime-node';
import { selectPositions } from '../../src/onnx/onnx-graph.js';
import { fieldsOf, lengthDelimited, numberField, textField, textOf } from '@mixture-of-personas/models';

const FLOAT = 1;
const FLOAT16 = 10;
const value = (field: number, name: string, dims: (string | number)[], type = FLOAT): Uint8Array => {
  const shape = dims.map((dim) =>
    lengthDelimited(1, [typeof dim === 'string' ? textField(2, dim) : numberField(1, dim)]),
  );
  const tensor = lengthDelimited(1, [numberField(1, type), lengthDelimited(2, shape)]);
  return lengthDelimited(field, [textField(1, name), lengthDelimited(2, [tensor])]);
};
const node = (type: string, inputs: string[], output: string, attributes: Uint8Array[] = []): Uint8Array =>
  lengthDelimited(1, [
    ...inputs.map((name) => textField(1, name)),
    textField(2, output),
    textField(4, type),
    ...attributes,
  ]);
const castTo = (type: number): Uint8Array =>
  lengthDelimited(5, [textField(1, 'to'), numberField(3, type), numberField(20, 2)]);

/** hidden [B, T, 2] to logits [B, T, 3], by a matrix product and what else stands after it. */
function modelOf(nodes: Uint8Array[], type = FLOAT): Uint8Array {
  const matrix = new Float32Array([1, 10, 100, 2, 20, 200]);
  const weights = lengthDelimited(5, [
    numberField(1, 2),
    numberField(1, 3),
    numberField(2, FLOAT),
    textField(8, 'w'),
    lengthDelimited(9, [new Uint8Array(matrix.buffer)]),
  ]);
  const cap = new Uint8Array(new Float32Array([1e6]).buffer);
  const graph = lengthDelimited(7, [
    ...nodes,
    textField(2, 'g'),
    weights,
    lengthDelimited(5, [numberField(2, FLOAT), textField(8, 'cap'), lengthDelimited(9, [cap])]),
    value(11, 'hidden', ['b', 't', 2]),
    value(12, 'logits', ['b', 't', 3], type),
  ]);
  const opset = lengthDelimited(8, [textField(1, ''), numberField(2, 17)]);
  return Buffer.concat([numberField(1, 8), graph, opset]);
}

describe('selectPositions', () => {
  const cases = {
    'a matrix product gives the logits': [node('MatMul', ['hidden', 'w'], 'logits')],
    'something stands behind the matrix product': [
      node('MatMul', ['hidden', 'w'], 'raw'),
      node('Neg', ['raw'], 'minus'),
      node('Neg', ['minus'], 'logits'),
    ],
  };
  it.each(Object.entries(cases))('gives logits at the chosen positions only, when %s', async (_, nodes) => {
    const graph = selectPositions(modelOf(nodes));
    expect(graph?.sharesCache).toBe(false);
    const session = await onnx.InferenceSession.create(graph?.bytes as Uint8Array);
    const hidden = new onnx.Tensor(
      'float32',
      Float32Array.from({ length: 12 }, (_, i) => i),
      [2, 3, 2],
    );
    const positions = new onnx.Tensor('int64', BigInt64Array.from([1n, 5n]), [2]);
    const { logits } = await session.run({ hidden, mop_positions: positions });
    expect([...logits.dims]).toEqual([1, 2, 3]);
    expect(Array.from(logits.data as Float32Array)).toEqual([8, 80, 800, 32, 320, 3200]);
    await session.release();
  });

  it.each([
    [
      'they are soft-capped',
      FLOAT,
      [node('Div', ['raw', 'cap'], 'a'), node('Tanh', ['a'], 'b'), node('Mul', ['b', 'cap'], 'logits')],
    ],
    ['they are float16', FLOAT16, [node('Cast', ['raw'], 'logits', [castTo(FLOAT16)])]],
  ])('runs the product on the chosen rows alone and gives float32, where %s', async (_, type, after) => {
    const graph = selectPositions(modelOf([node('MatMul', ['hidden', 'w'], 'raw'), ...after], type));
    const bytes = graph?.bytes as Uint8Array;
    const nodes = fieldsOf(fieldsOf(bytes).find(({ number }) => number === 7)?.content as Uint8Array).filter(
      ({ number }) => number === 1,
    );
    const types = nodes.map(({ content }) =>
      textOf(fieldsOf(content).find(({ number }) => number === 4)?.content as Uint8Array),
    );
    expect(types.indexOf('Gather')).toBeLessThan(types.indexOf('MatMul'));
    const session = await onnx.InferenceSession.create(bytes);
    const hidden = new onnx.Tensor(
      'float32',
      Float32Array.from({ length: 12 }, (_, i) => i),
      [2, 3, 2],
    );
    const positions = new onnx.Tensor('int64', BigInt64Array.from([1n, 5n]), [2]);
    const { logits } = await session.run({ hidden, mop_positions: positions });
    expect([logits.type, ...logits.dims]).toEqual(['float32', 1, 2, 3]);
    [8, 80, 800, 32, 320, 3200].forEach((expected, i) => expect(Number(logits.data[i]) / expected).toBeCloseTo(1, 4));
    await session.release();
  });

  it('selects finished logits where something else reads them before they are capped', async () => {
    const nodes = [node('MatMul', ['hidden', 'w'], 'raw'), node('Mul', ['raw', 'raw'], 'logits')];
    const session = await onnx.InferenceSession.create(selectPositions(modelOf(nodes))?.bytes as Uint8Array);
    const hidden = new onnx.Tensor(
      'float32',
      Float32Array.from({ length: 12 }, (_, i) => i),
      [2, 3, 2],
    );
    const positions = new onnx.Tensor('int64', BigInt64Array.from([1n]), [1]);
    const { logits } = await session.run({ hidden, mop_positions: positions });
    expect(Array.from(logits.data as Float32Array)).toEqual([64, 6400, 640000]);
    await session.release();
  });

  it('finds nothing to select where no node gives logits', () => {
    expect(selectPositions(modelOf([node('Neg', ['hidden'], 'other')]))).toBeUndefined();
    expect(selectPositions(numberField(1, 8))).toBeUndefined();
  });

  it('says when the bytes are no protobuf message', () => {
    expect(() => selectPositions(Buffer.from('version https://git-lfs.github.com/spec/v1'))).toThrow(RangeError);
  });
});

describe('fieldsOf', () => {
  it('reads what was written, long fields and large numbers included', () => {
    const long = 'x'.repeat(300);
    const fields = fieldsOf(Buffer.concat([textField(20, long), numberField(3, 2 ** 40 + 5), lengthDelimited(2, [])]));
    expect(fields.map(({ number }) => number)).toEqual([20, 3, 2]);
    expect([textOf(fields[0].content), fields[1].content.length, fields[2].content.length]).toEqual([long, 6, 0]);
  });
});
