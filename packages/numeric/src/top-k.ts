/**
 * Indices of the k largest values, largest first; ties go to the smaller index. One pass with a heap of k: O(n log k), and O(n)
 * when values come in no particular order, since most never enter the heap.
 * @param values finite or −∞
 * @param k how many, cut to the number of values
 */
export function topK(values: ArrayLike<number>, k: number): Int32Array {
  const size = Math.min(k, values.length);
  const heap = new Int32Array(size);
  let used = 0;
  // The root is the weakest kept: smaller value, or equal value at a larger index.
  const weaker = (a: number, b: number): boolean => values[a] < values[b] || (values[a] === values[b] && a > b);
  const swap = (a: number, b: number): void => {
    const held = heap[a];
    heap[a] = heap[b];
    heap[b] = held;
  };
  const sink = (): void => {
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      if (left >= used) return;
      const child = left + 1 < used && weaker(heap[left + 1], heap[left]) ? left + 1 : left;
      if (!weaker(heap[child], heap[at])) return;
      swap(at, child);
      at = child;
    }
  };
  for (let i = 0; i < values.length && size > 0; i++) {
    if (used < size) {
      heap[used] = i;
      for (let at = used++; at > 0;) {
        const parent = (at - 1) >> 1;
        if (!weaker(heap[at], heap[parent])) break;
        swap(at, parent);
        at = parent;
      }
    } else if (weaker(heap[0], i)) {
      heap[0] = i;
      sink();
    }
  }
  return heap.slice(0, used).sort((a, b) => (weaker(a, b) ? 1 : -1));
}
