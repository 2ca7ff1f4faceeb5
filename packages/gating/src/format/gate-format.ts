import type { Matrix } from '@mixture-of-personas/numeric';
import { GateFormatError } from '../errors.js';
import type { Gate } from '../mixture/gate.js';
import { decodeTensors, encodeTensors, isRecord, type Tensor } from './safetensors.js';

/** Version of gate.json that this build writes; it reads version 1, which has no biases, and version 2, which has British names, as well. */
const VERSION = 3;
/** Names of versions 1 and 2. */
const BRITISH = { center: 'centre', normalization: 'normalisation' } as const;
const BIASES = ['b_x', 'b_g', 'b_e'] as const;

/** Facts needed to use a gate on new embeddings. */
export interface GateAbout {
  /** Part of a record that the gate saw. */
  readonly input: 'context' | 'record' | 'none';
  /** The encoder of its embeddings, as the caller names it. */
  readonly encoder: string;
  /** Subtracted from every embedding before it was scaled to unit length (`centeredUnitRows`), d long; absent: raw embeddings. */
  readonly center?: Float64Array;
}

/** The two files of a gate: gate.safetensors and gate.json. */
export interface GateFiles {
  readonly weights: Uint8Array;
  /** JSON text. */
  readonly description: string;
}

/**
 * A gate as files: float64 safetensors (tensors W_x, W_g, W_e, b_x, b_g, b_e, tau and, if used, center) and a JSON description. Equal gates give equal bytes.
 * @throws GateFormatError when the gate's own shapes do not agree
 */
export function encodeGate(gate: Gate, about: GateAbout): GateFiles {
  const { rows: hidden, cols: d } = gate.inputWeights;
  const personas = gate.temperatures.length;
  const tensors = { ...gateTensors(gate), ...(about.center ? { center: vector(about.center) } : {}) };
  requireShapes(tensors, hidden, d, personas);
  const description = {
    format: 'mixture-of-personas gate',
    version: VERSION,
    hidden,
    d,
    personas,
    input: about.input,
    encoder: about.encoder,
    normalization: about.center ? 'minus center, then unit rows' : 'none',
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
  const tensors = inThisVersion(decodeTensors(weights).tensors, about);
  requireShapes(tensors, about.hidden, about.d, about.personas);
  if ((about.normalization !== 'none') !== 'center' in tensors) {
    throw new GateFormatError(
      'gate.json and gate.safetensors do not agree on whether embeddings are centered: they are of two gates.',
    );
  }
  return {
    gate: gateOfTensors(tensors),
    about: {
      input: about.input,
      encoder: about.encoder,
      ...(tensors['center'] ? { center: tensors['center'].data } : {}),
    },
  };
}

/** The tensors under the names of this version, with biases. */
function inThisVersion(
  { [BRITISH.center]: center, ...tensors }: Readonly<Record<string, Tensor>>,
  { version, hidden }: Description,
): Record<string, Tensor> {
  const biases = version > 1 ? [] : BIASES.map((name) => [name, vector(new Float64Array(hidden))] as const);
  const named = version > 2 || center === undefined ? {} : { center };
  return { ...tensors, ...named, ...Object.fromEntries(biases) };
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

/** The gate of tensors whose presence and shapes are the caller's to check. */
export function gateOfTensors(tensors: Readonly<Record<string, Tensor>>): Gate {
  const matrix = (name: string): Matrix<Float64Array> => {
    const { shape, data } = tensors[name];
    return { data, rows: shape[0], cols: shape[1] };
  };
  return {
    inputWeights: matrix('W_x'),
    personaWeights: matrix('W_g'),
    exemplarWeights: matrix('W_e'),
    inputBias: tensors['b_x'].data,
    personaBias: tensors['b_g'].data,
    exemplarBias: tensors['b_e'].data,
    temperatures: tensors['tau'].data,
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
  if ('center' in tensors) expected['center'] = [d];
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

interface Description
  extends Omit<GateAbout, 'center'>, Readonly<Record<'version' | 'hidden' | 'd' | 'personas', number>> {
  readonly normalization: string;
}

const INPUTS: readonly GateAbout['input'][] = ['context', 'record', 'none'];

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
  const description = value;
  const count = (name: string): number => {
    const found = description[name];
    if (typeof found === 'number' && Number.isSafeInteger(found) && found >= 1) return found;
    throw new GateFormatError(`gate.json: ${name} must be a positive integer.`);
  };
  const sentence = (name: string): string => {
    const found = description[name];
    if (typeof found === 'string') return found;
    throw new GateFormatError(`gate.json: ${name} must be a string.`);
  };
  const { version } = description;
  if (version !== 1 && version !== 2 && version !== VERSION) {
    throw new GateFormatError(`gate.json is version ${String(version)}; this build reads versions 1 to ${VERSION}.`);
  }
  const input = INPUTS.find((each) => each === description['input']);
  if (input === undefined) throw new GateFormatError('gate.json: input must be context, record or none.');
  return {
    version,
    hidden: count('hidden'),
    d: count('d'),
    personas: count('personas'),
    input,
    encoder: sentence('encoder'),
    normalization: sentence(version < VERSION ? BRITISH.normalization : 'normalization'),
  };
}
