/** Puts a value into the ascending list of k that starts at `from`; the largest falls out, and the largest left is returned. */
export function insert(lists: Float64Array, from: number, k: number, value: number): number {
  let at = from + k - 1;
  for (; at > from && lists[at - 1] > value; at--) lists[at] = lists[at - 1];
  lists[at] = value;
  return lists[from + k - 1];
}
