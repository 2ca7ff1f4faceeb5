// The vocabulary-sized product at the end of a language model is a fifth of its cost, and a prompt's tokens do not need it.
// `selectPositions` edits the ONNX file so that logits are computed only at the positions asked for. An ONNX file is a protobuf
// message; only its frame is read here (onnx.proto: ModelProto.graph = 7; GraphProto.node = 1, initializer = 5, input = 11, output = 12;
// NodeProto.input = 1, output = 2, op_type = 4, attribute = 5; ValueInfoProto.name = 1, type = 2), everything else is copied byte for byte.
import {
  fieldsOf,
  joinBytes,
  lengthDelimited,
  numberField,
  textField,
  textOf,
  type Field,
} from '@mixture-of-personas/models';

/** Name of the int64 input that `selectPositions` adds: flat positions (row · length + column) whose logits are wanted. */
export const POSITIONS_INPUT = 'mop_positions';
/** Name of the sequence output that `selectPositions` puts first where the cache is shared: asking for it leaves all outputs where they were written. */
export const UNREAD_OUTPUT = 'mop_unread';
const LOGITS = 'logits';
const GRAPH = 7;
const INT64 = 7;
const FLOAT = 1;

type Node = ReturnType<typeof readNode>;

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

/** to = FLOAT, likewise. */
const TO_FLOAT = lengthDelimited(5, [textField(1, 'to'), numberField(3, FLOAT), numberField(20, 2)]);

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

/** The declaration of a float32 output [1, P, V] called `logits`, from that of another type: the shape is kept. */
function declaredFloat(output: Field): Uint8Array {
  const inside = (bytes: Uint8Array, number: number, edit: (content: Uint8Array) => Uint8Array): Uint8Array =>
    joinBytes(fieldsOf(bytes).map((part) => (part.number === number ? edit(part.content) : part.bytes)));
  const tensor = (bytes: Uint8Array): Uint8Array => inside(bytes, 1, () => numberField(1, FLOAT));
  const type = (bytes: Uint8Array): Uint8Array => inside(bytes, 1, (part) => lengthDelimited(1, [tensor(part)]));
  return lengthDelimited(12, [inside(output.content, 2, (part) => lengthDelimited(2, [type(part)]))]);
}

/** The first part of a message with a field's number; empty where it has none. */
function partOf(message: Uint8Array, number: number): Uint8Array {
  return fieldsOf(message).find((field) => field.number === number)?.content ?? new Uint8Array(0);
}

function readNode(field: Field) {
  const parts = fieldsOf(field.content);
  const texts = (number: number): string[] => parts.filter((p) => p.number === number).map((p) => textOf(p.content));
  return { field, inputs: texts(1), outputs: texts(2), type: texts(4)[0] ?? '' };
}

/** A node again, its first input or its output renamed. */
function renamed(node: Node, names: { readonly input?: string; readonly output?: string }): Uint8Array {
  let inputsSeen = 0;
  const parts = fieldsOf(node.field.content).map((part) => {
    if (part.number === 1 && inputsSeen++ === 0 && names.input !== undefined) return textField(1, names.input);
    if (part.number === 2 && names.output !== undefined) return textField(2, names.output);
    return part.bytes;
  });
  return lengthDelimited(1, parts);
}

/** Products of hidden states and the vocabulary's matrix: their first input is cut to the rows asked for. */
const PRODUCTS = ['MatMul', 'MatMulNBits'];
/** Nodes between that product and the logits where they are soft-capped or cast: a number at a time, so rows can be cut before it. */
const ELEMENTWISE = ['Div', 'Tanh', 'Mul', 'Cast', 'Identity'];

/** The product that the logits are made from by elementwise steps alone; undefined when there is none. */
function productBehind(head: Node, nodes: readonly Node[]): Node | undefined {
  for (let node: Node | undefined = head; node !== undefined;) {
    if (PRODUCTS.includes(node.type)) return node;
    if (!ELEMENTWISE.includes(node.type)) return undefined;
    const from: string | undefined = node.inputs[0];
    // Other inputs must be constants, and nothing else may read what is cut.
    const constant = node.inputs.slice(1).every((name) => {
      const maker = nodes.find(({ outputs }) => outputs.includes(name));
      return maker === undefined || maker.type === 'Constant';
    });
    if (!constant || nodes.filter(({ inputs }) => from !== undefined && inputs.includes(from)).length !== 1)
      return undefined;
    node = nodes.find(({ outputs }) => from !== undefined && outputs.includes(from));
  }
  return undefined;
}

/**
 * The same model with one more input, `mop_positions`, and `logits` of shape [1, P, vocabulary] at those positions only. Where the
 * logits come from a matrix product, straight or through elementwise steps (soft-capping, casts), it runs on the selected rows alone; else the finished
 * logits are selected. Logits of another type become float32.
 * @param model bytes of an ONNX file
 * @returns the edited model and whether its attention writes new keys and values into a buffer given as past and present alike
 *   (GroupQueryAttention does), or undefined when no node makes an output called `logits`
 * @throws RangeError when the bytes are not a protobuf message
 */
export function selectPositions(model: Uint8Array): { bytes: Uint8Array; sharesCache: boolean } | undefined {
  const top = fieldsOf(model);
  const graph = top.find((field) => field.number === GRAPH);
  if (graph === undefined) return undefined;
  const parts = fieldsOf(graph.content);
  const nodes = parts.filter((part) => part.number === 1).map(readNode);
  const head = nodes.find((node) => node.outputs.includes(LOGITS));
  if (head === undefined) return undefined;
  const product = productBehind(head, nodes);
  const declared = parts.find((part) => part.number === 12 && textOf(partOf(part.content, 1)) === LOGITS);
  // The element type of a declared tensor, as onnx.proto numbers them.
  const isFloat = declared === undefined || partOf(partOf(partOf(declared.content, 2), 1), 1)[0] === FLOAT;
  const made = isFloat ? LOGITS : 'mop_logits'; // before the cast
  const edits = new Map<Field, Uint8Array[]>();
  const all = 'mop_all_logits';
  if (product === undefined) edits.set(head.field, [renamed(head, { output: all }), ...selectionNodes(all, made)]);
  else {
    if (product !== head) edits.set(head.field, [renamed(head, { output: made })]);
    const output = product === head ? { output: made } : {};
    const selection = selectionNodes(product.inputs[0] ?? '', 'mop_selected');
    edits.set(product.field, [...selection, renamed(product, { input: 'mop_selected', ...output })]);
  }
  if (!isFloat) edits.set(declared, [declaredFloat(declared)]);
  const cast = isFloat ? [] : [nodeField('Cast', [made], LOGITS, [TO_FLOAT])];
  const edited = parts.flatMap((part) => edits.get(part) ?? [part.bytes]);
  const sharesCache = nodes.some(({ type }) => type === 'GroupQueryAttention');
  const unread = sharesCache ? unreadOutput() : [];
  const newGraph = lengthDelimited(GRAPH, [...unread, ...edited, ...cast, ...declarations()]);
  const bytes = joinBytes(top.map((field) => (field === graph ? newGraph : field.bytes)));
  return { bytes, sharesCache };
}
