// The only file that loads a TensorFlow package. None is a dependency: users install one where they need it.

/** Loads a module by name; the default is `import()`. A host whose packages live elsewhere passes its own. */
export type Importer = (name: string) => Promise<unknown>;

/** Parts needed to start TensorFlow and see that it works. */
export interface TensorFlowCore {
  enableProdMode(): void;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  ones(shape: [number, number]): { dispose(): void };
  matMul(a: object, b: object): { dataSync(): ArrayLike<number>; dispose(): void };
}

/**
 * An installed tfjs package, started and tried.
 * @typeParam TensorFlow what the caller uses of it
 * @param name `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`
 * @throws Error when the package is absent, its native part does not load, or a 2 × 2 product comes out wrong
 */
export async function loadTensorFlow<TensorFlow>(
  name: string,
  importer: Importer = (module) => import(module),
): Promise<TensorFlow> {
  await restoreUtil(importer);
  const loaded = (await importer(name)) as TensorFlowCore & { readonly default?: TensorFlowCore };
  const tf = loaded.default ?? loaded;
  tf.enableProdMode(); // silences a banner
  if (!(await tf.setBackend('tensorflow'))) throw new Error('its native library did not start');
  await tf.ready();
  const ones = tf.ones([2, 2]);
  const product = tf.matMul(ones, ones);
  const probe = Array.from(product.dataSync());
  for (const tensor of [ones, product]) tensor.dispose();
  if (probe.length !== 4 || probe.some((value) => value !== 2)) throw new Error('a product of ones came out wrong');
  return tf as TensorFlow;
}

/** tfjs-node 4.22 calls util.isNullOrUndefined and util.isArray, which Node 23 removed. */
async function restoreUtil(importer: Importer): Promise<void> {
  const { default: util } = (await importer('node:util')) as { default: Record<string, unknown> };
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}
