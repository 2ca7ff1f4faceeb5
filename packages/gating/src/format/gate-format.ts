import type { Matrix } from '@mixture-of-personas/numeric';
import { GateFormatError } from '../errors.js';
import type { Gate } from '../mixture/gate.js';
import { decodeTensors, encodeTensors, isRecord, type Tensor } from './safetensors.js';

/** Version of gate.json that this build writes. Version 1, which it reads as well, has no biases. */
const VERSION = 2;
const BIASES = ['b_x', 'b_g', 'b_e'] as const;

/** Facts needed to use a gate on new embeddings. */
export interface GateAbout {
  /** Part of a record that the gate saw. */
  readonly input: 'context' | 'record' | 'none';
  /** The encoder of its embeddings, as the caller names it. */
  readonly encoder: string;
  /** Subtracted from every embedding before it was scaled to unit length (`centredUnitRows`), d long; absent: raw embeddings. */
  readonly centre?: Float64Array;
}

/** The two files of a gate: gate.safetensors and gate.json. */
export interface GateFiles {
  readonly weights: Uint8Array;
  /** JSON text. */
  readonly description: string;
}

/**
 * A gate as files: float64 safetensors (tensors W_x, W_g, W_e, b_x, b_g, b_e, tau and, if used, centre) and a JSON description. Equal gates give equal bytes.
 * @throws GateFormatError when the gate's own shapes do not agree
 */
export function encodeGate(gate: Gate, about: GateAbout): GateFiles {
  const { rows: hidden, cols: d } = gate.inputWeights;
  const personas = gate.temperatures.length;
  const tensors = { ...gateTensors(gate), ...(about.centre ? { centre: vector(about.centre) } : {}) };
  requireShapes(tensors, hidden, d, personas);
  const description = {
    format: 'mixture-of-personas gate',
    version: VERSION,
    hidden,
    d,
    personas,
    input: about.input,
    encoder: about.encoder,
    normalisation: about.centre ? 'minus centre, then unit rows' : 'none',
    symbols: {
      W_x: 'x = W_x h(context) + b_x, hidden × d',
      W_g: 'g_k = W_g h(persona_k) + b_g, hidden × d',
      W_e: 'e_j = W_e h(exemplar_j) + b_e, hidden × d',
      tau: 'temperature of each persona',
    },
  };
  return {
    weights: encodeTensors({ tensors, metadata: {} }),
    description: `${JSON.stringify(description, null, 2)}\n`,
  };
}

/**
 * The gate of two files.
 * @throws GateFormatError when they are no gate, of a newer version, cut short, or do not belong together
 */
export function decodeGate({ weights, description }: GateFiles): { readonly gate: Gate; readonly about: GateAbout } {
  const about = parseDescription(description);
  const decoded = decodeTensors(weights).tensors;
  const tensors = about.version === 1 ? withZeroBiases(decoded, about.hidden) : decoded;
  requireShapes(tensors, about.hidden, about.d, about.personas);
  const centred = about.normalisation !== 'none';
  if (centred !== 'centre' in tensors) {
    throw new GateFormatError(
      'gate.json and gate.safetensors do not agree on whether embeddings are centred: they are of two gates.',
    );
  }
  return {
    gate: gateOfTensors(tensors),
    about: {
      input: about.input,
      encoder: about.encoder,
      ...(tensors['centre'] ? { centre: tensors['centre'].data } : {}),
    },
  };
}

function withZeroBiases(tensors: Readonly<Record<string, Tensor>>, hidden: number): Record<string, Tensor> {
  return { ...tensors, ...Object.fromEntries(BIASES.map((name) => [name, vector(new Float64Array(hidden))])) };
}

/** Weights, biases and tau, with a prefix. */
export function gateTensors(gate: Gate, prefix = ''): Record<string, Tensor> {
  return {
    [`${prefix}W_x`]: matrixTensor(gate.inputWeights),
    [`${prefix}W_g`]: matrixTensor(gate.personaWeights),
    [`${prefix}W_e`]: matrixTensor(gate.exemplarWeights),
    [`${prefix}b_x`]: vector(gate.inputBias),
    [`${prefix}b_g`]: vector(gate.personaBias),
    [`${prefix}b_e`]: vector(gate.exemplarBias),
    [`${prefix}tau`]: vector(gate.temperatures),
  };
}

/** The gate whose tensors stand under a prefix; their presence and shapes are the caller's to check. */
export function gateOfTensors(tensors: Readonly<Record<string, Tensor>>, prefix = ''): Gate {
  const matrix = (name: string): Matrix<Float64Array> => {
    const { shape, data } = tensors[prefix + name];
    return { data, rows: shape[0], cols: shape[1] };
  };
  return {
    inputWeights: matrix('W_x'),
    personaWeights: matrix('W_g'),
    exemplarWeights: matrix('W_e'),
    inputBias: tensors[`${prefix}b_x`].data,
    personaBias: tensors[`${prefix}b_g`].data,
    exemplarBias: tensors[`${prefix}b_e`].data,
    temperatures: tensors[`${prefix}tau`].data,
  };
}

/** A one-dimensional tensor. */
export function vector(data: Float64Array): Tensor {
  return { shape: [data.length], data };
}

/** Checks the tensors of one gate. */
export function requireShapes(
  tensors: Readonly<Record<string, Tensor>>,
  hidden: number,
  d: number,
  personas: number,
): void {
  const expected: Record<string, number[]> = { W_x: [hidden, d], W_g: [hidden, d], W_e: [hidden, d], tau: [personas] };
  for (const name of BIASES) expected[name] = [hidden];
  if ('centre' in tensors) expected['centre'] = [d];
  for (const [name, shape] of Object.entries(expected)) {
    const found = tensors[name]?.shape.join(' × ') ?? 'nothing';
    if (found !== shape.join(' × ')) {
      throw new GateFormatError(`Tensor ${name} should be ${shape.join(' × ')}, but is ${found}.`);
    }
    if (!tensors[name].data.every(Number.isFinite))
      throw new GateFormatError(`Tensor ${name} has numbers that are not finite.`);
  }
  if (!tensors['tau'].data.every((value) => value > 0))
    throw new GateFormatError('A temperature in tau is not above 0.');
}

function matrixTensor(matrix: Matrix<Float64Array>): Tensor {
  return { shape: [matrix.rows, matrix.cols], data: matrix.data };
}

interface Description {
  version: number;
  hidden: number;
  d: number;
  personas: number;
  input: GateAbout['input'];
  encoder: string;
  normalisation: string;
}

function parseDescription(text: string): Description {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new GateFormatError('gate.json is not JSON.');
  }
  if (!isRecord(value) || value['format'] !== 'mixture-of-personas gate') {
    throw new GateFormatError('gate.json does not describe a gate: its format is not "mixture-of-personas gate".');
  }
  if (value['version'] !== 1 && value['version'] !== VERSION) {
    throw new GateFormatError(
      `gate.json is version ${String(value['version'])}; this build reads versions 1 to ${VERSION}.`,
    );
  }
  for (const name of ['hidden', 'd', 'personas']) {
    if (!Number.isSafeInteger(value[name]) || (value[name] as number) < 1) {
      throw new GateFormatError(`gate.json: ${name} must be a positive integer.`);
    }
  }
  if (!['context', 'record', 'none'].includes(value['input'] as string)) {
    throw new GateFormatError('gate.json: input must be context, record or none.');
  }
  for (const name of ['encoder', 'normalisation']) {
    if (typeof value[name] !== 'string') throw new GateFormatError(`gate.json: ${name} must be a string.`);
  }
  return value as unknown as Description;
}
