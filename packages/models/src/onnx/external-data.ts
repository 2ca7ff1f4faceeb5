import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { ModelError } from '../errors.js';
import { fieldsOf, joinBytes, lengthDelimited, textField, textOf, type Field } from './protobuf.js';

// Field numbers of onnx.proto on the way to a tensor: ModelProto.graph 7 and functions 25; GraphProto.node 1, initializer 5,
// sparse_initializer 15; FunctionProto.node 7; NodeProto.attribute 5; AttributeProto.t 5, g 6, tensors 10, graphs 11,
// sparse_tensor 22, sparse_tensors 23; SparseTensorProto.values 1, indices 2; TensorProto.external_data 13 {key 1, value 2}.
type Message = 'model' | 'graph' | 'function' | 'node' | 'attribute' | 'sparse' | 'tensor';
const PARTS: Readonly<Record<Message, Readonly<Record<number, Message>>>> = {
  model: { 7: 'graph', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  function: { 7: 'node' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
};
const EXTERNAL_DATA = 13;

/**
 * Names of the files that hold tensors of an ONNX model outside it, as its graph gives them (`external_data.location`), whatever they
 * are called; sorted, relative to the model's folder.
 * @throws ModelError `unsupported` when the file is not an ONNX model, or a location leads out of its folder
 */
export async function externalDataFiles(model: string): Promise<string[]> {
  const found = new Set<string>();
  try {
    collect(await readFile(model), 'model', found);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const remedy = 'Download or export the model again.';
    throw new ModelError('unsupported', `${model} is not an ONNX model.`, { cause, remedy });
  }
  for (const location of found) {
    if (!/^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)/.test(location)) continue;
    const problem = `${basename(model)} keeps tensors in ${location}, outside its own folder.`;
    throw new ModelError('unsupported', problem, { remedy: 'Use a model whose files are in one folder.' });
  }
  return [...found].sort();
}

function collect(bytes: Uint8Array, message: Message, found: Set<string>): void {
  for (const field of fieldsOf(bytes)) {
    const part = PARTS[message][field.number];
    if (part !== undefined) collect(field.content, part, found);
    else if (message === 'tensor' && field.number === EXTERNAL_DATA) addLocation(fieldsOf(field.content), found);
  }
}

/** The same model, the files of its external data under other names. */
export function relocateExternalData(
  bytes: Uint8Array,
  rename: (location: string) => string,
  message: Message = 'model',
): Uint8Array {
  const fields = fieldsOf(bytes).map((field) => {
    const { number, content } = field;
    const part = PARTS[message][number];
    if (part !== undefined) return lengthDelimited(number, [relocateExternalData(content, rename, part)]);
    const found = new Set<string>();
    if (message === 'tensor' && number === EXTERNAL_DATA) addLocation(fieldsOf(content), found);
    const [location] = found;
    if (location === undefined) return field.bytes;
    return lengthDelimited(number, [textField(1, 'location'), textField(2, rename(location))]);
  });
  return joinBytes(fields);
}

function addLocation(entry: readonly Field[], found: Set<string>): void {
  const [key, value] = [1, 2].map((number) => entry.find((field) => field.number === number));
  if (key !== undefined && value !== undefined && textOf(key.content) === 'location') found.add(textOf(value.content));
}
