// Loads small WebAssembly kernels (kernels/*.ts, compiled into src/*-bytes.ts), those of this package and of the packages above it: synchronously, each
// is under 4 KiB, which browsers allow on the main thread too. Where WebAssembly or its vectors are missing, callers fall back to plain loops.

/** The part of the WebAssembly interface used here, so that neither DOM nor Node typings are needed. */
interface WebAssemblyRuntime {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  readonly Memory: new (descriptor: { initial: number; maximum?: number; shared?: boolean }) => WasmMemory;
}

interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

/** Bytes of a page, the unit of a memory. */
const PAGE = 65536;
const runtime = (globalThis as { readonly WebAssembly?: WebAssemblyRuntime }).WebAssembly;

/** A kernel's exported functions and the memory they work in. */
export interface Kernel<Exports> {
  readonly call: Exports;
  /** The memory's bytes; a memory of its own never grows. */
  readonly buffer: ArrayBufferLike;
  /** Data that another thread needs to make an instance of its own in the same memory, where that is a shared one. */
  readonly source: KernelSource;
}

/** The compiled module and the memory of a kernel, as threads pass them on. */
export interface KernelSource {
  readonly module: object;
  readonly memory: object;
}

/** Compiled once a process: instances share the code, and so what the engine has learned about it. Null where the engine refused. */
const compiled = new Map<string, object | null>();

/**
 * A new instance of a kernel with a memory of its own, or null where WebAssembly SIMD is not to be had.
 * @param base64 the compiled module
 * @param bytes memory it needs
 * @param shared whether the module was built for a memory that threads share; null, too, where there is none
 */
export function loadKernel<Exports>(base64: string, bytes: number, shared = false): Kernel<Exports> | null {
  const module = compile(base64);
  if (runtime === undefined || module === null) return null;
  try {
    const initial = Math.ceil(bytes / PAGE);
    const memory = new runtime.Memory(shared ? { initial, maximum: initial, shared } : { initial });
    const { exports } = new runtime.Instance(module, { env: { memory } });
    return { call: exports as Exports, buffer: memory.buffer, source: { module, memory } };
  } catch {
    return null; // not so much memory, or none that can be shared
  }
}

/** The memory all borrowed kernels work in, and an instance of each there: what they do fits one call, so no two are ever in use at once. */
let common: { readonly memory: WasmMemory; readonly instances: Map<string, object> } | undefined;

/**
 * An instance in the memory that all borrowed ones share, its first `bytes` cleared, grown where they are not enough: for work that is done, and copied
 * out, when the caller returns. The next loan writes over it, and may detach its buffer. A new memory a call would stay until it is collected.
 */
export function borrowKernel<Exports>(base64: string, bytes: number): Kernel<Exports> | null {
  const module = compile(base64);
  if (runtime === undefined || module === null) return null;
  try {
    common ??= { memory: new runtime.Memory({ initial: 1 }), instances: new Map() };
    const { memory, instances } = common;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    const call = instances.get(base64) ?? new runtime.Instance(module, { env: { memory } }).exports;
    instances.set(base64, call);
    new Uint8Array(memory.buffer, 0, bytes).fill(0);
    return { call: call as Exports, buffer: memory.buffer, source: { module, memory } };
  } catch {
    return null; // not so much memory
  }
}

function compile(base64: string): object | null {
  const known = compiled.get(base64);
  if (known !== undefined) return known;
  let module: object | null = null;
  try {
    if (runtime) module = new runtime.Module(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  } catch {
    // no vectors, or forbidden by a content security policy
  }
  compiled.set(base64, module);
  return module;
}
