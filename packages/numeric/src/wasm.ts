// Loads the small kernels of this package. They are instantiated synchronously: each is under 4 KiB, which browsers allow on the main
// thread too. Where WebAssembly or its vectors are missing, callers fall back to plain loops.

/** The part of the WebAssembly interface used here, so that neither DOM nor Node typings are needed. */
interface WebAssemblyRuntime {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  readonly Memory: new (descriptor: { initial: number; maximum?: number }) => WasmMemory;
}

/** A linear memory of fixed size. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** Bytes of a page, the unit of a memory. */
const PAGE = 65536;

function bytesOf(base64: string): Uint8Array {
  const binary = atob(base64);
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** A kernel's exported functions and the memory they work in. */
export interface Kernel<Exports> {
  readonly call: Exports;
  readonly memory: WasmMemory;
}

/**
 * A new instance of a kernel with a memory of its own, or undefined where WebAssembly SIMD is not to be had.
 * @param base64 the compiled module
 * @param bytes memory to start with
 */
export function loadKernel<Exports>(base64: string, bytes: number): Kernel<Exports> | undefined {
  const runtime = (globalThis as { readonly WebAssembly?: WebAssemblyRuntime }).WebAssembly;
  if (runtime === undefined) return undefined;
  try {
    const memory = new runtime.Memory({ initial: Math.ceil(bytes / PAGE) });
    const { exports } = new runtime.Instance(new runtime.Module(bytesOf(base64)), { env: { memory } });
    return { call: exports as Exports, memory };
  } catch {
    return undefined; // no vectors, no memory, or forbidden by a content security policy: plain loops do it
  }
}
