import * as fc from 'fast-check';

const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x10000000];
const TOKENS = [
  'null',
  '[]',
  '{}',
  '-1',
  '1e309',
  'NaN',
  '""',
  '"',
  '\\u0000',
  '\n',
  ',',
  '9007199254740993',
  '__proto__',
  '\ufeff',
  '{{',
  '}}',
  '- ',
  ': ',
  '&a',
  '*a',
  '<<',
  '!!js',
].map((token) => new TextEncoder().encode(token));

/** One change to a list of bytes, at a place given as a share of its length. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, noDefaultInfinity: true }),
  what: fc.oneof(
    fc.record({ kind: fc.constant('set'), bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }) }),
    fc.record({
      kind: fc.constant('insert'),
      bytes: fc.oneof(fc.uint8Array({ maxLength: 16 }), fc.constantFrom(...TOKENS)),
    }),
    fc.record({
      kind: fc.constant('set'),
      bytes: fc.tuple(fc.constantFrom(...EDGES), fc.constantFrom(1, 2, 4, 8)).map(asBytes),
    }),
    fc.record({ kind: fc.constant('delete'), count: fc.nat({ max: 64 }) }),
    fc.record({
      kind: fc.constant('repeat'),
      count: fc.integer({ min: 1, max: 64 }),
      times: fc.integer({ min: 1, max: 200 }),
    }),
    fc.record({ kind: fc.constant('cut') }),
    fc.record({
      kind: fc.constant('digits'),
      value: fc.constantFrom('0', '-1', '4294967295', '9007199254740993', '1e99', '99999999999999999999'),
    }),
  ),
});

/** Inputs for a parser: valid files with a few changes, arbitrary bytes, and text of the characters that formats care about. */
export function inputsLike(seeds) {
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 6 }))
    .map(([seed, edits]) => edits.reduce(apply, Uint8Array.from(seed)).subarray(0, 1 << 20));
  const text = fc
    .array(
      fc.oneof(
        fc.constantFrom(...TOKENS),
        fc.string({ maxLength: 8 }).map((s) => new TextEncoder().encode(s)),
      ),
      { maxLength: 40 },
    )
    .map(joined);
  return fc.oneof(
    { weight: 8, arbitrary: mutated },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 512 }) },
    { weight: 1, arbitrary: text },
  );
}

function apply(bytes, { at, what }) {
  const start = Math.floor(at * bytes.length);
  switch (what.kind) {
    case 'set': {
      const changed = bytes.slice();
      changed.set(what.bytes.subarray(0, changed.length - start), start);
      return changed;
    }
    case 'insert':
      return joined([bytes.subarray(0, start), what.bytes, bytes.subarray(start)]);
    case 'delete':
      return joined([bytes.subarray(0, start), bytes.subarray(start + what.count)]);
    case 'repeat':
      return joined([
        bytes.subarray(0, start),
        ...Array.from({ length: what.times }, () => bytes.subarray(start, start + what.count)),
        bytes.subarray(start),
      ]);
    case 'cut':
      return bytes.slice(0, start);
    case 'digits':
      return withNumber(bytes, start, what.value);
  }
}

/** The first run of decimal digits from a place on, replaced. */
function withNumber(bytes, start, value) {
  const isDigit = (byte) => byte >= 0x30 && byte <= 0x39;
  let from = start;
  while (from < bytes.length && !isDigit(bytes[from])) from += 1;
  let to = from;
  while (to < bytes.length && isDigit(bytes[to])) to += 1;
  return joined([bytes.subarray(0, from), new TextEncoder().encode(value), bytes.subarray(to)]);
}

function asBytes([value, width]) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  if (width === 8 && value === 0xffffffff) bytes.fill(0xff);
  return bytes.subarray(0, width);
}

function joined(parts) {
  return Uint8Array.from(Buffer.concat(parts));
}
