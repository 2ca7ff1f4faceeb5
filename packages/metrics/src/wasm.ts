// Loads the kernels of this package (kernels/*.ts, compiled into src/*-bytes.ts): synchronously, each is under 4 KiB. Where WebAssembly or its
// vectors are missing, callers fall back to plain loops that give the same numbers to rounding.

/** The part of the WebAssembly interface used here, so that neither DOM nor Node typings are needed. */
interface WebAssemblyRuntime {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  readonly Memory: new (descriptor: { initial: number }) => { readonly buffer: ArrayBuffer };
}

const PAGE = 65536;
const runtime = (globalThis as { readonly WebAssembly?: WebAssemblyRuntime }).WebAssembly;

/** A kernel's exported functions and the memory they work in. */
export interface Kernel<Exports> {
  readonly call: Exports;
  readonly buffer: ArrayBuffer;
}

/** Compiled once a process: instances share the code, and so what the engine has learned about it. Null where the engine refused. */
const compiled = new Map<string, object | null>();

/**
 * A new instance of a kernel with a memory of its own, or null where WebAssembly SIMD is not to be had.
 * @param base64 the compiled module
 * @param bytes memory it needs
 */
export function loadKernel<Exports>(base64: string, bytes: number): Kernel<Exports> | null {
  const module = compile(base64);
  if (runtime === undefined || module === null) return null;
  try {
    const memory = new runtime.Memory({ initial: Math.ceil(bytes / PAGE) });
    const { exports } = new runtime.Instance(module, { env: { memory } });
    return { call: exports as Exports, buffer: memory.buffer };
  } catch {
    return null; // not so much memory
  }
}

/** Instances that are lent out again and again: what they work on fits one call, so no two are ever in use at once. */
const lent = new Map<string, Kernel<unknown>>();

/**
 * An instance with its memory cleared, the same one as before where that is large enough: for work that is done when the caller returns. A new memory
 * a call would stay until it is collected, 20 MB a Fréchet distance.
 */
export function borrowKernel<Exports>(base64: string, bytes: number): Kernel<Exports> | null {
  const held = lent.get(base64) as Kernel<Exports> | undefined;
  if (held && held.buffer.byteLength >= bytes) {
    new Uint8Array(held.buffer, 0, bytes).fill(0);
    return held;
  }
  const kernel = loadKernel<Exports>(base64, bytes);
  if (kernel) lent.set(base64, kernel);
  return kernel;
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
