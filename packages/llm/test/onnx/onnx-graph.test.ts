import { describe, expect, it } from '@jest/globals';
import onnx from 'onnxruntime-node';
import { selectPositions } from '../../src/onnx/onnx-graph.js';
import { fieldsOf, lengthDelimited, numberField, textField, textOf } from '@mixture-of-personas/models';

const FLOAT = 1;
const value = (field: number, name: string, dims: (string | number)[]): Uint8Array => {
  const shape = dims.map((dim) =>
    lengthDelimited(1, [typeof dim === 'string' ? textField(2, dim) : numberField(1, dim)]),
  );
  const tensor = lengthDelimited(1, [numberField(1, FLOAT), lengthDelimited(2, shape)]);
  return lengthDelimited(field, [textField(1, name), lengthDelimited(2, [tensor])]);
};
const node = (type: string, inputs: string[], output: string): Uint8Array =>
  lengthDelimited(1, [...inputs.map((name) => textField(1, name)), textField(2, output), textField(4, type)]);

/** hidden [B, T, 2] to logits [B, T, 3], by a matrix product and what else stands after it. */
function modelOf(nodes: Uint8Array[]): Uint8Array {
  const matrix = new Float32Array([1, 10, 100, 2, 20, 200]);
  const weights = lengthDelimited(5, [
    numberField(1, 2),
    numberField(1, 3),
    numberField(2, FLOAT),
    textField(8, 'w'),
    lengthDelimited(9, [new Uint8Array(matrix.buffer)]),
  ]);
  const graph = lengthDelimited(7, [
    ...nodes,
    textField(2, 'g'),
    weights,
    value(11, 'hidden', ['b', 't', 2]),
    value(12, 'logits', ['b', 't', 3]),
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
