import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { unzipSync } from 'fflate';
import { matrixOf } from '@mixture-of-personas/numeric';
import { decodeNpy, encodeNpy, npyHeader } from '../../../src/data/arrays/npy.js';
import { halfToNumber } from '../../../src/data/arrays/npy-elements.js';
import { npzEntries } from '../../../src/data/arrays/npz.js';
import { describeWithShared, sharedPath } from '../../support/shared-data.js';
import { NUMPY_VALUES, numpyFile } from '../../support/numpy-files.js';

const header = (text: string, version = 1): Uint8Array => {
  const body = Buffer.from(`${text}\n`, 'latin1');
  const start = version === 1 ? [0x93, 78, 85, 77, 80, 89, 1, 0, body.length & 255, body.length >> 8] : [];
  return new Uint8Array(Buffer.concat([Uint8Array.from(start), body]));
};

describe('.npy', () => {
  it.each(['float16', 'float32', 'float32BigEndian', 'float64Fortran', 'version2', 'version3'] as const)(
    'reads what numpy wrote: %s',
    (name) => {
      const matrix = decodeNpy(numpyFile(name), name);
      expect([matrix.rows, matrix.cols]).toEqual([2, 3]);
      expect(Array.from(matrix.data)).toEqual(NUMPY_VALUES);
    },
  );

  it('keeps float64 as float64 and makes float32 of the rest', () => {
    expect(decodeNpy(numpyFile('version2'), 'a').data).toBeInstanceOf(Float64Array);
    expect(decodeNpy(numpyFile('float16'), 'a').data).toBeInstanceOf(Float32Array);
  });

  it('writes the very bytes that numpy writes', () => {
    const matrix = matrixOf([NUMPY_VALUES.slice(0, 3), NUMPY_VALUES.slice(3)]);
    expect(Buffer.from(encodeNpy(matrix)).equals(numpyFile('float32'))).toBe(true);
  });

  it('has a header whose length does not depend on the number of rows', () => {
    const lengths = [0, 1, 999, 123_456_789].map((rows) => npyHeader(rows, 384).length);
    expect(new Set(lengths).size).toBe(1);
  });

  it('reads half precision to the last subnormal', () => {
    const numbers = [0x3c00, 0xc000, 0x0001, 0x0400, 0x7bff, 0x7c00, 0x8000].map(halfToNumber);
    expect(numbers).toEqual([1, -2, 2 ** -24, 2 ** -14, 65504, Infinity, -0]);
    expect(halfToNumber(0x7e00)).toBeNaN();
  });

  it.each([
    ['an empty file', new Uint8Array(0), /does not start as one/],
    ['a text file', Buffer.from('not a matrix at all'), /does not start as one/],
    ['a huge shape', header("{'descr': '<f4', 'fortran_order': False, 'shape': (900000000000, 900), }"), /cut off/],
    [
      'a shape beyond counting',
      header("{'descr': '<f4', 'fortran_order': False, 'shape': (9007199254740993, 99999999), }"),
      /no matrix/,
    ],
    ['no rows', header("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4), }"), /no matrix/],
    ['a vector', header("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }"), /rows and columns/],
    [
      'integers',
      header("{'descr': '<i8', 'fortran_order': False, 'shape': (1, 4), }"),
      /<i8 \(integers\) where f2, f4 or f8/,
    ],
    ['objects', header("{'descr': '|O', 'fortran_order': False, 'shape': (1, 4), }"), /\|O \(Python objects\) where/],
    ['code', header("__import__('os').system('true')"), /no order or shape/],
    ['a later version', Uint8Array.from([0x93, 78, 85, 77, 80, 89, 9, 0, 0, 0]), /version is 9/],
    [
      'a header of 4 GB',
      Uint8Array.from([0x93, 78, 85, 77, 80, 89, 2, 0, 255, 255, 255, 255]),
      /claims 4294967295 bytes/,
    ],
  ])('refuses %s in a sentence', (_, bytes, reason) => {
    expect(() => decodeNpy(new Uint8Array(bytes), 'x.npy')).toThrow(reason);
  });

  it('refuses a file with bytes missing or left over', () => {
    const whole = numpyFile('float32');
    expect(() => decodeNpy(whole.slice(0, -1), 'x.npy')).toThrow(/cut off/);
    expect(() => decodeNpy(Uint8Array.from([...whole, 0]), 'x.npy')).toThrow(/something follows/);
  });
});

describe('.npz', () => {
  it('lists and reads the arrays of savez and savez_compressed', () => {
    const entries = npzEntries(numpyFile('npzTwoArrays'), 'x.npz');
    expect(entries.map(({ name }) => name)).toEqual(['embeddings', 'other']);
    const [compressed] = npzEntries(numpyFile('npzCompressed'), 'x.npz');
    for (const entry of [...entries, compressed]) {
      expect(Array.from(decodeNpy(entry.read(), entry.name).data)).toEqual(NUMPY_VALUES);
    }
  });

  it('refuses an archive that is cut off, damaged, or claims to unpack to gigabytes', () => {
    const whole = numpyFile('npzCompressed');
    expect(() => npzEntries(whole.slice(0, 40), 'x.npz')).toThrow(/no zip archive/);
    const damaged = whole.slice();
    damaged[80] ^= 0xff;
    expect(() => npzEntries(damaged, 'x.npz')[0].read()).toThrow(/damaged/);
    const bomb = whole.slice();
    const directory = Buffer.from(bomb).indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    new DataView(bomb.buffer).setUint32(directory + 24, 0xfffffff0, true);
    expect(() => npzEntries(bomb, 'x.npz')[0].read()).toThrow(/claims to unpack/);
  });

  it('refuses a changed number, which a zip library reads without a word since it checks no checksum', () => {
    const damaged = numpyFile('npzTwoArrays');
    const number = Buffer.from(damaged.buffer).indexOf(Buffer.from(Float32Array.of(NUMPY_VALUES[0]).buffer));
    damaged[number + 3] ^= 1;
    const [first] = Object.values(unzipSync(damaged));
    expect(Array.from(decodeNpy(first, 'x.npy').data)).not.toEqual(NUMPY_VALUES);
    expect(() => npzEntries(damaged, 'x.npz')[0].read()).toThrow(/wrong checksum/);
  });

  it('never does anything but read or refuse, whatever byte is changed', () => {
    const whole = numpyFile('npzCompressed');
    for (let i = 0; i < whole.length; i++) {
      const changed = whole.slice();
      changed[i] ^= 0x55;
      try {
        npzEntries(changed, 'x.npz').forEach((entry) => decodeNpy(entry.read(), 'x'));
      } catch (error) {
        expect((error as Error).name).toBe('UserError');
      }
    }
  });
});

describeWithShared('reference matrices', () => {
  it.each(['a_p', 'a_q', 'd_p'])('come back as the same bytes after reading and writing: %s', (name) => {
    const bytes = readFileSync(sharedPath(`golden/metrics/${name}.npy`));
    expect(Buffer.from(encodeNpy(decodeNpy(bytes, name))).equals(bytes)).toBe(true);
  });
});
