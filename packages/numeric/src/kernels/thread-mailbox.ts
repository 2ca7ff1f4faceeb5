import type { Kernel, KernelSource } from './wasm.js';

// Worker threads that make calls of kernels. They sleep between calls instead of listening for events, so that functions which return at once can use
// them: both sides look into shared memory. The main thread of a browser may not sleep so; there, and where there are no workers, there are no mailboxes.

/** The part of node:worker_threads used here. */
interface WorkerThreads {
  readonly Worker: new (code: string, options: object) => Worker;
}
interface Worker {
  postMessage(message: KernelSource | null): void;
  unref(): void;
}

// A thread's memory: a bell that is rung for every change, the number of kernels it was sent, then two mailboxes. A mailbox is a state, the index of a
// function, the number of its arguments, and from byte 16 on the arguments or the result.
const STATE = { empty: 0, call: 1, running: 2, done: 3, failed: 4 } as const;
const MOST_ARGUMENTS = 14;
const BOX_BYTES = 16 + 8 * MOST_ARGUMENTS;

/** Program of a thread. CommonJS, because that is what a worker made of text is. */
const CODE = `
const { parentPort, receiveMessageOnPort, workerData } = require('node:worker_threads');
const head = new Int32Array(workerData, 0, 2);
const boxes = [16, ${16 + BOX_BYTES}].map((at) => [new Int32Array(workerData, at, 4), new Float64Array(workerData, at + 16, ${MOST_ARGUMENTS})]);
let functions = [];
let received = 0;
for (;;) {
  const rung = Atomics.load(head, 0);
  for (; received < Atomics.load(head, 1); received++) {
    const source = receiveMessageOnPort(parentPort).message;
    functions = source ? Object.values(new WebAssembly.Instance(source.module, { env: { memory: source.memory } }).exports) : [];
  }
  const box = boxes.find(([words]) => Atomics.compareExchange(words, 0, ${STATE.call}, ${STATE.running}) === ${STATE.call});
  if (!box) {
    Atomics.wait(head, 0, rung);
    continue;
  }
  const [words, numbers] = box;
  let state = ${STATE.done};
  try {
    numbers[0] = functions[words[1]](...numbers.subarray(0, words[2]));
  } catch {
    state = ${STATE.failed};
  }
  Atomics.store(words, 0, state);
  Atomics.notify(words, 0);
}`;

interface Thread {
  readonly worker: Worker;
  readonly head: Int32Array;
  readonly boxes: readonly Box[];
}
interface Box {
  readonly words: Int32Array;
  readonly numbers: Float64Array;
}

/** Place in which one call at a time can be left for another thread. */
export interface Mailbox {
  post(call: readonly [name: string, ...args: number[]]): void;
  /** Result of the call, if it is done, in which case the mailbox is empty again; else null. */
  taken(): number | null;
  /** Takes a call back that the thread has not begun; if it has, sleeps until it is done and says false. */
  takeBack(): boolean;
}

/** Mailboxes of threads that know a kernel, two a thread. */
export interface Mailboxes {
  readonly all: readonly Mailbox[];
  /** Lets the threads forget the kernel and its memory; no call may be under way. */
  release(): void;
}

const threads: Thread[] = [];

/** Threads, up to `count`, of which the missing ones are started; none where there is no such thing. */
function threadsUpTo(count: number): Thread[] {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  const module = process?.getBuiltinModule?.('node:worker_threads') as WorkerThreads | undefined;
  while (module !== undefined && threads.length < count) {
    const memory = new SharedArrayBuffer(16 + 2 * BOX_BYTES);
    const worker = new module.Worker(CODE, { eval: true, workerData: memory, execArgv: [] });
    worker.unref();
    const boxes = [16, 16 + BOX_BYTES].map((at) => ({
      words: new Int32Array(memory, at, 4),
      numbers: new Float64Array(memory, at + 16, MOST_ARGUMENTS),
    }));
    threads.push({ worker, head: new Int32Array(memory, 0, 2), boxes });
  }
  return threads.slice(0, count);
}

function ring({ head }: Thread): void {
  Atomics.add(head, 0, 1);
  Atomics.notify(head, 0);
}

function send(thread: Thread, source: KernelSource | null): void {
  thread.worker.postMessage(source);
  Atomics.add(thread.head, 1, 1);
  ring(thread);
}

/** Mailboxes of `count` threads that work in a kernel's memory; none when that memory is not a shared one. */
export function mailboxesOf({ call, buffer, source }: Kernel<object>, count: number): Mailboxes {
  const some = count > 0 && buffer[Symbol.toStringTag] === 'SharedArrayBuffer' ? threadsUpTo(count) : [];
  const names = Object.keys(call);
  for (const thread of some) send(thread, source);
  return {
    all: some.flatMap((thread) => thread.boxes.map((box) => mailboxOf(thread, box, names))),
    release: () => some.forEach((thread) => send(thread, null)),
  };
}

function mailboxOf(thread: Thread, { words, numbers }: Box, names: readonly string[]): Mailbox {
  return {
    post([name, ...args]) {
      words[1] = names.indexOf(name);
      words[2] = args.length;
      numbers.set(args);
      Atomics.store(words, 0, STATE.call);
      ring(thread);
    },
    taken() {
      const state = Atomics.load(words, 0);
      if (state === STATE.failed) throw new Error('A thread could not make a call of a kernel; use one thread.');
      if (state !== STATE.done) return null;
      Atomics.store(words, 0, STATE.empty);
      return numbers[0];
    },
    takeBack() {
      if (Atomics.compareExchange(words, 0, STATE.call, STATE.empty) === STATE.call) return true;
      Atomics.wait(words, 0, STATE.running);
      return false;
    },
  };
}
