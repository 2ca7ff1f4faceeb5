// The vocabulary-sized product at the end of a language model is a fifth of its cost, and a prompt's tokens do not need it.
// `selectPositions` edits the ONNX file so that logits are computed only at the positions asked for. An ONNX file is a protobuf
// message; only its frame is read here (onnx.proto: ModelProto.graph = 7; GraphProto.node = 1, initializer = 5, input = 11;
// NodeProto.input = 1, output = 2, op_type = 4), everything else is copied byte for byte.
import { fieldsOf, joinBytes, lengthDelimited, numberField, textField, textOf, type Field } from './protobuf.js';

/** Name of the int64 input that `selectPositions` adds: flat positions (row · length + column) whose logits are wanted. */
export const POSITIONS_INPUT = 'mop_positions';
/** Name of the sequence output that `selectPositions` puts first where the cache is shared: asking for it leaves all outputs where they were written. */
export const UNREAD_OUTPUT = 'mop_unread';
const LOGITS = 'logits';
const GRAPH = 7;
const INT64 = 7;
const FLOAT = 1;

interface Node {
  readonly field: Field;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly type: string;
}

/** Bytes of a NodeProto field with one attribute list. */
function nodeField(type: string, inputs: readonly string[], output: string, attributes: Uint8Array[] = []): Uint8Array {
  return lengthDelimited(1, [
    ...inputs.map((name) => textField(1, name)),
    textField(2, output),
    textField(3, output),
    textField(4, type),
    ...attributes,
  ]);
}

/** axis = 1 as an AttributeProto (name 1, i 3, type 20 = INT 2). */
const AXIS_ONE = lengthDelimited(5, [textField(1, 'axis'), numberField(3, 1), numberField(20, 2)]);

/** Two nodes: [B, T, n] → [1, B·T, n] → the asked positions only, [1, P, n]. */
function selectionNodes(from: string, to: string): Uint8Array[] {
  return [
    nodeField('Reshape', [from, 'mop_flat_shape'], 'mop_flat'),
    nodeField('Gather', ['mop_flat', POSITIONS_INPUT], to, [AXIS_ONE]),
  ];
}

/** The constant [1, −1, 0] (0 keeps the last width) and the new input, one int64 vector of free length. */
function declarations(): Uint8Array[] {
  const shape = new BigInt64Array([1n, -1n, 0n]);
  const tensor = [numberField(1, 3), numberField(2, INT64), textField(8, 'mop_flat_shape')];
  const raw = lengthDelimited(9, [new Uint8Array(shape.buffer)]);
  const dimension = lengthDelimited(1, [textField(2, 'mop_position_count')]);
  const tensorType = lengthDelimited(1, [numberField(1, INT64), lengthDelimited(2, [dimension])]);
  return [
    lengthDelimited(5, [...tensor, raw]),
    lengthDelimited(11, [textField(1, POSITIONS_INPUT), lengthDelimited(2, [tensorType])]),
  ];
}

/**
 * An empty sequence as the graph's first output. onnxruntime-node copies every output into a new array after the pass, those it was given memory for too;
 * a sequence it cannot convert, and gives up before it copies any (docs/decisions/0043).
 */
function unreadOutput(): Uint8Array[] {
  const sequence = lengthDelimited(4, [lengthDelimited(1, [lengthDelimited(1, [numberField(1, FLOAT)])])]);
  return [
    lengthDelimited(12, [textField(1, UNREAD_OUTPUT), lengthDelimited(2, [sequence])]),
    nodeField('SequenceEmpty', [], UNREAD_OUTPUT),
  ];
}

function readNode(field: Field): Node {
  const parts = fieldsOf(field.content);
  const texts = (number: number): string[] => parts.filter((p) => p.number === number).map((p) => textOf(p.content));
  return { field, inputs: texts(1), outputs: texts(2), type: texts(4)[0] ?? '' };
}

/** The head node again, with its first input or its output renamed. */
function renamed(node: Node, input: string | undefined, output: string): Uint8Array {
  let inputsSeen = 0;
  const parts = fieldsOf(node.field.content).map((part) => {
    if (part.number === 1 && inputsSeen++ === 0 && input !== undefined) return textField(1, input);
    if (part.number === 2 && textOf(part.content) === LOGITS) return textField(2, output);
    return part.bytes;
  });
  return lengthDelimited(1, parts);
}

/** An edited model. */
export interface SelectableGraph {
  readonly bytes: Uint8Array;
  /** Whether its attention writes new keys and values into a buffer given as past and present alike (GroupQueryAttention does). */
  readonly sharesCache: boolean;
}

/**
 * The same model with one more input, `mop_positions`, and `logits` of shape [1, P, vocabulary] at those positions only. Where the
 * logits come straight from a matrix product, it runs on the selected rows alone; else the finished logits are selected.
 * @param model bytes of an ONNX file
 * @returns the edited model, or undefined when no node makes an output called `logits`
 * @throws RangeError when the bytes are not a protobuf message
 */
export function selectPositions(model: Uint8Array): SelectableGraph | undefined {
  const top = fieldsOf(model);
  const graph = top.find((field) => field.number === GRAPH);
  if (graph === undefined) return undefined;
  const parts = fieldsOf(graph.content);
  const nodes = parts.filter((part) => part.number === 1).map(readNode);
  const head = nodes.find((node) => node.outputs.includes(LOGITS));
  if (head === undefined) return undefined;
  const hidden = head.type === 'MatMul' || head.type === 'MatMulNBits' ? head.inputs[0] : undefined;
  const replacement =
    hidden === undefined
      ? [renamed(head, undefined, 'mop_all_logits'), ...selectionNodes('mop_all_logits', LOGITS)]
      : [...selectionNodes(hidden, 'mop_selected'), renamed(head, 'mop_selected', LOGITS)];
  const edited = parts.flatMap((part) => (part === head.field ? replacement : [part.bytes]));
  const sharesCache = nodes.some(({ type }) => type === 'GroupQueryAttention');
  const newGraph = lengthDelimited(GRAPH, [...(sharesCache ? unreadOutput() : []), ...edited, ...declarations()]);
  const bytes = joinBytes(top.map((field) => (field === graph ? newGraph : field.bytes)));
  return { bytes, sharesCache };
}
