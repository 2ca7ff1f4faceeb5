/** Bytes in pieces of 61, so that characters and lines are torn between pieces. */
export async function* chunksOf(bytes) {
  for (let at = 0; at < bytes.length; at += 61) yield bytes.subarray(at, at + 61);
}

/** Reads an async iterable to its end. */
export async function drain(rows) {
  for await (const row of rows) void row;
}

/** A file in memory, as hyparquet reads it. */
export function asAsyncBuffer(bytes) {
  return { byteLength: bytes.length, slice: (from, to) => Promise.resolve(bytes.slice(from, to).buffer) };
}
