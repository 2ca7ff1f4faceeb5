/** One JSON value per line, UTF-8, a line feed after each. */
export function encodeLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** The values of the whole lines; a last line without its line feed, as a kill leaves it, is left out. */
export function decodeLines(bytes: Uint8Array): unknown[] {
  const whole = new TextDecoder().decode(bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1));
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}
