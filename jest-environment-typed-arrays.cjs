// Native addons (onnxruntime-node, tfjs-node) and workers hand over typed arrays of Node's own realm, and Jest's
// sandbox has constructors of its own, so `instanceof Float32Array` is false there and onnxruntime refuses tensors.
// `Error` is left alone on purpose: copied too, errors that the engine throws would fail `instanceof Error`.
const { TestEnvironment } = require('jest-environment-node');

const SHARED = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
];

module.exports = class SameRealmEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of SHARED) this.global[name] = globalThis[name];
  }
};
